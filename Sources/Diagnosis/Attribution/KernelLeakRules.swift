import Measurement

// The rule about interrupts that are counted as branches.
extension AttributionRule {
    static let kernelLeakAtInterrupts = AttributionRule(
        fault: .kernelLeak, unit: .kernelEntry,
        reference: "rr issues 1552 and 2255; Weaver, ISPASS 2013; kernel-and-rr.md 3, rows 26 to 28",
        runs: { observations in
            guard InterruptLeak(observations) != nil else { return [] }
            return observations.evidence.undisturbed.filter(\.deviates)
        },
        sizes: { observations, runs in
            InterruptLeak(observations).map { leak in runs.map { _ in -leak.perPMI } } ?? []
        },
        mechanism: { _ in
            "Each interrupt, a PMI or any other, is counted as a branch of the program, on every counter of this CPU."
        },
        advice:
            "The event counts far branches or the return from interrupts: choose one that does not, as rr subtracts event 0xc6 on AMD's family 15h.",
        evidence: { observations, runs in
            guard let leak = InterruptLeak(observations) else { return [] }
            return [
                "\(runs.count) of \(observations.evidence.undisturbed.count) runs are high, none is low, counter and sampler alike",
                "ledger: from one PMI to the next \(leak.perPMI) too many, or more",
                "uninterrupted runs: \(decimal(leak.perSecond)) too many in a second, as ticks and devices make interrupts",
                "interrupted runs: \(leak.perPMI) for each PMI, and \(decimal(leak.perSecondBesidePMIs)) in a second besides",
            ]
        },
        excluded: { observations in
            [
                ExcludedAlternative(
                    alternative: "pmi-surplus", because: "runs without a PMI are high as well, by how long they take"),
                ExcludedAlternative(
                    alternative: "inexact-uninterrupted",
                    because:
                        "two counters of one run agree, and what PMIs do not account for is as regular as interrupts"),
                undisturbed(observations),
            ]
        })
}

/// A surplus at each PMI and, beside PMIs, as often as interrupts come.
struct InterruptLeak {
    /// Surplus at each PMI.
    let perPMI: Int64
    /// Surplus of uninterrupted runs in a second.
    let perSecond: Double
    /// Surplus of interrupted runs in a second that PMIs do not account for.
    let perSecondBesidePMIs: Double

    /// Interrupts in a second that a CPU may take beside PMIs: ticks, at most 1,000, and devices.
    private static let mostPerSecond = 10_000.0
    /// Branches that an interrupt is counted as, at most: its entry and its return are far branches, and few others are
    /// near them.
    private static let mostAtOnce: Int64 = 64

    init?(_ observations: Observations) {
        let runs = observations.evidence.undisturbed
        let (alone, interrupted) = (observations.evidence.uninterrupted, observations.evidence.interrupted)
        guard observations.unequalPairs.isEmpty, alone.count(where: { $0.deviation != 0 }) >= 2,
            runs.allSatisfy({ $0.deviation <= 0 && ($0.samplerDeficit ?? 0) <= 0 }),
            let largest = observations.interiorLosses.last, largest < 0
        else { return nil }
        // Every stretch between two PMIs has one PMI's leak at least, and ticks' besides.
        let candidates = stride(from: min(-largest, Self.mostAtOnce), through: 1, by: -1)
        guard let leak = candidates.first(where: { Self.explains($0, runs) }) else { return nil }
        perPMI = leak
        let besides = interrupted.reduce(0) { $0 + Self.rest($1, leak) }
        perSecond = Double(-alone.reduce(0) { $0 + $1.deviation }) / Self.seconds(alone)
        perSecondBesidePMIs = Double(besides) / Self.seconds(interrupted)
    }

    /// Whether each run is high by a multiple of the leak: once for each PMI, and for no more interrupts besides than may
    /// have come.
    private static func explains(_ leak: Int64, _ runs: [RunRecord]) -> Bool {
        runs.allSatisfy { run in
            let most = leak * Int64(Double(run.timeEnabled) * 1e-9 * mostPerSecond + 2)
            return run.deviation % leak == 0 && (0...most).contains(rest(run, leak))
        }
    }

    /// Surplus that PMIs do not account for.
    private static func rest(_ run: RunRecord, _ leak: Int64) -> Int64 {
        -run.deviation - leak * Int64(clamping: run.pmis)
    }

    private static func seconds(_ runs: [RunRecord]) -> Double {
        max(1, Double(runs.reduce(0) { $0 + $1.timeEnabled })) * 1e-9
    }
}
