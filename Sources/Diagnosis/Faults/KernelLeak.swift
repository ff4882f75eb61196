import Measurement

extension KnownFault {
    /// A surplus in runs that enter the kernel: at system calls and page faults, at signals, or at each interrupt, a PMI or
    /// any other (perf_event_open(2), exclude_kernel; rr issues 1552 and 2255; Weaver, ISPASS 2013).
    static let kernelLeak = KnownFault(
        .kernelLeak, needs: [.uninterrupted], under: .these([.signals]),
        probes: ["kernel-entries", "uninterrupted-exactness"],
        signature: { scene in
            let atEntries = Trigger.kernelEntries.signature(
                scene, workloads: ["system-calls", "page-faults"],
                mechanism: scene.condition == .signals
                    ? "Branches of the kernel are counted as the program's when it receives a signal."
                    : "Branches of the kernel are counted as the program's at system calls and page faults.")
            if case .shown = atEntries { return atEntries }
            guard scene.condition == nil else { return .notShown }
            return atInterrupts(scene)
        },
        advice: VendorText(
            "Report kernel, CPU and hypervisor. If each interrupt is counted, use an event without far branches: rr subtracts event 0xc6 on AMD family 15h.",
            [.arm: "Report kernel, CPU and hypervisor."]),
        explanation: FaultExplanation(
            .kernelLeak,
            "branches of the kernel are counted as the program's",
            happens: [
                "An event that excludes the kernel should not move while the kernel runs. Some leak: a branch on"
                    + " the way into or out of the kernel is counted at each interrupt, system call or page fault."
                    + " Conditional branches are mostly free of it; events of all branches, taken branches and"
                    + " instructions are not."
            ],
            since: "Always, depending on CPU and event.",
            places: Places(
                cpus: "AMD family 15h and Zen 2 with event 0xC4, one per interrupt; all x86 with instructions.",
                hypervisors: "AMD counts VMRUN as a branch of the guest."),
            signature:
                "A surplus in the workloads of system calls and page faults, as large as the number of entries, or as"
                + " ticks and signals; none where the kernel is not entered.",
            advice: [
                "Count this CPU's conditional branch event: 0xD1 on Zen, not 0xC4 (truecount info names it).",
                "In a guest, diagnose on the host too.",
            ],
            mistakenFor: [
                Confusion(
                    "smi-surplus", "there, the surplus is large, rare and in every workload"),
                Confusion(
                    "inexact-uninterrupted", "there, workloads that never enter the kernel deviate too"),
            ],
            references: Reference.cited("ISPASS 2013", "rr issue 1552", "rr issue 2255", "kvm-unit-tests")))
}

private func atInterrupts(_ scene: Scene) -> Signature {
    guard !scene.ledgers.isEmpty else {
        return scene.inexactUninterrupted.isEmpty ? .notShown : .cannotTell([.ledgers])
    }
    guard let leak = InterruptLeak(scene) else { return .notShown }
    let runs = scene.runs.filter(\.record.deviates)
    let size = leak.perPMI.magnitude
    return .shown(
        Signature.Shown(
            runs: runs, per: .kernelEntry, direction: .gained,
            size: FaultSize(min: size, median: size, max: size, mean: Double(size)),
            frequency: Frequency(UInt64(runs.count), of: UInt64(scene.runs.count), per: .run),
            mechanism:
                "Each interrupt, a PMI or any other, is counted as a branch of the program, on every counter of this CPU.",
            evidence: [
                "\(runs.count) of \(scene.runs.count) runs are high, none is low, counter and sampler alike",
                "ledger: at least \(leak.perPMI) too many from one PMI to the next",
                "uninterrupted runs: \(Figures.decimal(leak.perSecond)) too many per second, about as many as timer ticks and devices interrupt",
                "runs with PMIs: \(leak.perPMI) per PMI, and \(Figures.decimal(leak.perSecondBesidePMIs)) per second besides",
            ],
            alternatives: [
                Signature.Alternative(
                    Fault.pmiSurplus.rawValue,
                    because: "runs without a PMI are high as well, in proportion to their length",
                    runs: scene.uninterrupted.count, need: .uninterrupted),
                Signature.Alternative(
                    Fault.inexactUninterrupted.rawValue,
                    because:
                        "the two counters of a run agree, and what PMIs do not explain is as regular as interrupts",
                    runs: scene.evidence.bystanders.count, need: .bystanders),
                .disturbance(runs),
            ]))
}

/// A surplus at each PMI and, beside PMIs, as often as interrupts come.
private struct InterruptLeak {
    /// Surplus at each PMI.
    let perPMI: Int64
    /// Surplus of uninterrupted runs in a second.
    let perSecond: Double
    /// Surplus of runs with PMIs in a second that PMIs do not account for.
    let perSecondBesidePMIs: Double

    /// Interrupts in a second that a CPU may take beside PMIs: ticks, at most 1,000, and devices.
    private static let mostPerSecond = 10_000.0
    /// Branches that an interrupt is counted as, at most: its entry and its return are far branches, and few others are
    /// near them.
    private static let mostAtOnce: Int64 = 64

    init?(_ scene: Scene) {
        let runs = scene.runs.map(\.record)
        let (alone, withPMIs) = (scene.uninterrupted.map(\.record), scene.withPMIs.map(\.record))
        guard scene.unequalPairs.isEmpty, alone.count(where: { $0.deviation != 0 }) >= 2,
            runs.allSatisfy({ $0.deviation <= 0 && ($0.samplerDeficit ?? 0) <= 0 }),
            let largest = scene.losses.max, largest < 0
        else { return nil }
        // Every stretch between two PMIs has one PMI's leak at least, and ticks' besides.
        let candidates = stride(from: min(-largest, Self.mostAtOnce), through: 1, by: -1)
        guard let leak = candidates.first(where: { Self.explains($0, runs) }) else { return nil }
        perPMI = leak
        let besides = withPMIs.reduce(0) { $0 + Self.rest($1, leak) }
        perSecond = Double(-alone.reduce(0) { $0 + $1.deviation }) / Self.seconds(alone)
        perSecondBesidePMIs = Double(besides) / Self.seconds(withPMIs)
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
