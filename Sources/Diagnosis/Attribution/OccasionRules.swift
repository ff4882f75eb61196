import Measurement
import Workloads

// Rules about deviations that need no PMI but something else that a run does or meets: locked instructions, CPUIDs,
// entries to the kernel, SMIs, context switches.
extension AttributionRule {
    static let lockSurplus = AttributionRule(
        Trigger(
            fault: .lockSurplus, unit: .lockedInstruction, noun: "locked instruction", workloads: ["locked"],
            isSurplus: true),
        reference: "rr issue 2034 (SpecLockMap); kernel-and-rr.md 3, row 3",
        mechanism:
            "Where the CPU speculates past a locked instruction and has to go back, branches that it takes back stay counted.",
        advice:
            "On AMD Zen switch SpecLockMap off (rr's zen_workaround.py, MSR 0xc0011020 bit 54); it is lost at suspend.")

    static let cpuidLoss = AttributionRule(
        Trigger(
            fault: .cpuidLoss, unit: .cpuid, noun: "pair of CPUIDs", workloads: ["cpu-identification"],
            isSurplus: false),
        reference: "rr CPUIDBugDetector; USENIX ATC 2012 on clusters of exits; kernel-and-rr.md 3, row 9",
        mechanism:
            "The hypervisor carries out two CPUIDs that stand close together in one exit, and the branch between them is not counted.",
        advice: "On VMware set monitor_control.disable_hvsim_clusters = true in the guest's configuration.")

    static let kernelLeakAtEntries = AttributionRule(
        Trigger(
            fault: .kernelLeak, unit: .kernelEntry, noun: "entry to the kernel",
            workloads: ["system-calls", "page-faults"], isSurplus: true),
        reference: "perf_event_open(2), exclude_kernel; kernel-and-rr.md 3, row 28",
        mechanism: "Branches of the kernel are counted as the program's at system calls and page faults.",
        advice:
            "The filter of privilege levels leaks: report kernel, CPU and hypervisor; avoid system calls in what you count."
    )

    static let smiSurplus = AttributionRule(
        fault: .smiSurplus, unit: .smi,
        reference: "rr issues 3045 and 3063; kernel commit a01994f5e5c7; kernel-and-rr.md 3, row 2",
        runs: { observations in
            let evidence = observations.evidence
            let struck = evidence.undisturbed.filter(Self.hasSMI)
            let high = evidence.undisturbed.filter { $0.readingDeviation < 0 }
            let shown = high.filter(Self.hasSMI)
            // Other faults may be in the rest, but none that makes a count too high, and none without a PMI.
            guard !shown.isEmpty, shown.count == high.count,
                evidence.uninterrupted.allSatisfy({ $0.deviation == 0 || Self.hasSMI($0) }),
                Statistics.chanceOfFalling(high.count, into: struck.count, of: evidence.undisturbed.count)
                    < Statistics.coincidence
            else { return [] }
            return shown
        },
        sizes: { _, _ in [] },
        mechanism: { _ in
            "The firmware's system management code runs in ring 3, so its branches pass for the program's and are counted."
        },
        advice:
            "Write 1 to freeze_on_smi of the PMU (/sys/devices/cpu or cpu_core and cpu_atom); kernels since 2022 do so themselves.",
        evidence: { observations, runs in
            let evidence = observations.evidence
            let struck = evidence.undisturbed.count(where: Self.hasSMI)
            return [
                "\(runs.count) of \(struck) runs with an SMI are high, and none of the \(evidence.undisturbed.count - struck) runs without one",
                "\(runs.reduce(0) { $0 + ($1.smis ?? 0) }) SMIs in these runs (MSR_SMI_COUNT)",
            ] + firstText(runs)
        },
        excluded: { observations in
            [
                ExcludedAlternative(
                    alternative: "pmi-surplus", because: "only runs with an SMI are high, whether they have PMIs or not"
                ),
                ExcludedAlternative(
                    alternative: "inexact-uninterrupted", because: "every run without an SMI and without a PMI is exact"
                ),
                undisturbed(observations),
            ]
        },
        occasions: { $0.smis ?? 0 },
        explains: { _ in { Self.hasSMI($0) } })

    private static func hasSMI(_ run: RunRecord) -> Bool { (run.smis ?? 0) > 0 }

    static let contextSwitchLoss = AttributionRule(
        fault: .contextSwitchLoss, unit: .contextSwitch,
        reference: "DESIGN.md, fault slugs; kernel/events/core.c, perf_event_context_sched_out",
        runs: { observations in
            let runs = observations.evidence.undisturbed
            let low = runs.filter { $0.readingDeviation > 0 }
            guard low.count >= 2, !runs.contains(where: { $0.readingDeviation < 0 }),
                runs.allSatisfy({ ($0.deviates ? $0.involuntarySwitches > 0 : true) }),
                observations.evidence.uninterrupted.contains(where: \.deviates)
            else { return [] }
            let switched = runs.filter { $0.involuntarySwitches > 0 }
            let isRare =
                Statistics.chanceOfFalling(low.count, into: switched.count, of: runs.count) < Statistics.coincidence
            return isRare || Self.isProportional(runs) ? low : []
        },
        sizes: { _, _ in [] },
        mechanism: { _ in "Counts are lost when the kernel takes the event off its counter and puts it back." },
        advice: "Report kernel, CPU and hypervisor; bind what you count to a CPU of its own.",
        evidence: { observations, runs in
            let all = observations.evidence.undisturbed
            let switched = all.count(where: { $0.involuntarySwitches > 0 })
            return [
                "\(runs.count) of \(switched) runs that were switched out are low, and none of the \(all.count - switched) others",
                Self.isProportional(all)
                    ? "every deficit is the same multiple of the run's context switches"
                    : "deficits differ from one context switch to another",
            ] + firstText(runs)
        },
        excluded: { observations in
            [
                ExcludedAlternative(
                    alternative: "freeze-on-pmi, pmi-drop", because: "runs without a PMI of their own are low as well"),
                ExcludedAlternative(
                    alternative: "inexact-uninterrupted", because: "every run without a context switch is exact"),
                undisturbed(observations),
            ]
        },
        occasions: { $0.involuntarySwitches })

    /// Whether each run, counter and sampler, lacks the same number of counts for each of its switches, over different
    /// numbers of them.
    private static func isProportional(_ runs: [RunRecord]) -> Bool {
        guard let most = runs.max(by: { $0.involuntarySwitches < $1.involuntarySwitches }),
            most.involuntarySwitches > 0, most.deviation > 0,
            most.deviation % Int64(clamping: most.involuntarySwitches) == 0
        else { return false }
        let perSwitch = most.deviation / Int64(clamping: most.involuntarySwitches)
        return Set(runs.map(\.involuntarySwitches)).count > 1
            && runs.allSatisfy { run in
                let loss = perSwitch * Int64(clamping: run.involuntarySwitches)
                return run.deviation == loss && (run.samplerDeficit ?? loss) == loss
            }
    }
}

/// Something that only some workloads do, and that a fault is counted per.
struct Trigger: Sendable {
    let fault: Fault
    let unit: FaultUnit
    let noun: String
    let workloads: Set<String>
    let isSurplus: Bool

    /// Occasions of one iteration, by workload: the numbers of the routines' sources (locked.S, cpu_identification.S,
    /// system_calls.S, page_faults.S). Each iteration of the last gives its page back and faults once.
    private static let perIteration: [String: UInt64] = [
        "cpu-identification": 1, "system-calls": 1, "page-faults": 2, "locked": lockedInstructions,
    ]

    #if arch(x86_64)
        private static let lockedInstructions: UInt64 = 7
    #else
        /// Pairs of exclusive load and store.
        private static let lockedInstructions: UInt64 = 3
    #endif

    func occasions(of run: RunRecord) -> UInt64 {
        let occasions = run.iterations * (Self.perIteration[run.workload] ?? 0)
        return fault == .cpuidLoss ? occasions - min(1, occasions) : occasions
    }

    /// Runs that show it: all that deviate are of these workloads and deviate that way, more of them than chance would
    /// bring there. Where other workloads deviate when they are interrupted, the uninterrupted runs decide.
    func runs(_ observations: Observations) -> [RunRecord] {
        [observations.evidence.undisturbed, observations.evidence.uninterrupted].lazy.map(showing).first { !$0.isEmpty }
            ?? []
    }

    private func showing(among runs: [RunRecord]) -> [RunRecord] {
        let deviating = runs.filter(\.deviates)
        guard deviating.contains(where: { $0.arm == .countingAlone }),
            deviating.allSatisfy({ workloads.contains($0.workload) && ($0.readingDeviation < 0) == isSurplus })
        else { return [] }
        let able = runs.count { workloads.contains($0.workload) }
        let chance = Statistics.chanceOfFalling(deviating.count, into: able, of: runs.count)
        return chance < Statistics.coincidence ? deviating : []
    }
}

extension AttributionRule {
    /// The rule of a fault that only some workloads give occasion to.
    fileprivate init(_ occasion: Trigger, reference: String, mechanism: String, advice: String) {
        self.init(
            fault: occasion.fault, unit: occasion.unit, reference: reference,
            runs: { occasion.runs($0) },
            sizes: { _, _ in [] },
            mechanism: { _ in mechanism },
            advice: advice,
            evidence: { observations, runs in
                let names = occasion.workloads.sorted().joined(separator: " and ")
                let all = observations.evidence.undisturbed.count { occasion.workloads.contains($0.workload) }
                let isExact = Set(
                    runs.map { run in
                        run.readingDeviation.magnitude.quotientAndRemainder(
                            dividingBy: max(1, occasion.occasions(of: run)))
                    }.map { "\($0.quotient) \($0.remainder == 0)" })
                return [
                    "\(runs.count) of \(all) runs of \(names) are \(occasion.isSurplus ? "high" : "low"); without a PMI no other workload deviates",
                    isExact.count == 1 && isExact.first?.hasSuffix("true") == true
                        ? "in each run by the same number for each \(occasion.noun)"
                        : "not by the same number for each \(occasion.noun)",
                ] + firstText(runs)
            },
            excluded: { observations in
                [
                    ExcludedAlternative(
                        alternative: "wrong-event, inexact-uninterrupted",
                        because:
                            "uninterrupted runs of all other workloads are exact, and chance does not choose workloads"),
                    noPMI, undisturbed(observations),
                ]
            },
            occasions: { occasion.occasions(of: $0) },
            explains: { _ in { occasion.workloads.contains($0.workload) } })
    }
}
