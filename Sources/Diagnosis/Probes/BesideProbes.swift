import Measurement
import Workloads

// What the runs of the four arms tell besides: these probes plan no runs of their own.
extension Probe {
    static let besides: [Probe] = [
        skid, eventIdentity, kernelEntries, cpuidPairs, systemManagementInterrupts, multiplexing,
    ]

    /// Question: how late do PMIs come, and is that within what rr allows for on this CPU? Method: reads the ledgers of arms
    /// B and D: skid is the apparent skid plus what was lost at that PMI. Expected: every one at or below rr's limit, where
    /// it has one (rr src/PerfCounters.cc). Verdict rule: a certain skid beyond the limit, at periods longer than four of
    /// it, is a finding (late-pmi); a distribution is none.
    static let skid = Probe(
        id: "skid", question: "How late do PMIs come, and is that within rr's limit for this CPU?", title: "skid",
        faults: [.latePMI], omission: \.needsCorePMU,
        runs: { arms($0, \.hasPositions) }, whyNone: whyNoLedger,
        deviates: { run, evidence in
            evidence.skidLimit.map { limit in run.ledger?.skids.contains { $0 > Int64(clamping: limit) } ?? false }
                ?? false
        },
        answer: { evidence, _ in
            guard let skid = SkidSummary(evidence) else { return .notMeasured("no run has a ledger") }
            return .value(skid.sentence)
        })

    /// Question: does the event count what it is taken for? Method: reads arm A: each count is compared with the other closed
    /// forms of the same run: taken branches, all branches. Expected: the event's own, in every run. Verdict rule: another
    /// closed form that fits every run is a finding (Intel's COND_TAKEN; umask2 dropped before Linux 6.11); a count that
    /// fits none is no matter of identity.
    static let eventIdentity = Probe(
        id: "event-identity", question: "Is the counted event the right one?", title: "right event",
        faults: [.wrongEvent], omission: \.needsCorePMU,
        runs: { arms($0) { $0.arm == .countingAlone } },
        deviates: { run, _ in run.deviation != 0 },
        answer: { _, runs in
            // Nothing deviates: what was expected was counted.
            switch BranchKind.expected(in: runs.map(\.record)) {
            case .conditional: .clean("exact: \(CountedFigure.conditionalBranches.name)")
            case .taken: .clean("exact: taken branches of any kind")
            case .any: .clean("exact: all branches, taken or not")
            case nil: .clean("exact: its closed form")
            }
        })

    /// Question: do branches of the kernel leak into user counts? Method: reads arm A of the workloads that enter the kernel
    /// in every iteration, system-calls and page-faults, and the time all runs of arm A took, in which the timer ticked.
    /// Expected: exact, as events exclude the kernel. Verdict rule: a run of those workloads that deviates while the others
    /// are exact is a finding. If others deviate as well, it is not the kernel's entry.
    static let kernelEntries = Probe(
        id: "kernel-entries", question: "Do system calls, page faults or timer interrupts leak into user counts?",
        title: "system calls and faults", faults: [.kernelLeak],
        runs: { arms($0) { $0.arm == .countingAlone && Trigger.kernelEntries.count($0) > 0 } },
        deviates: { run, _ in run.deviation != 0 },
        answer: { evidence, runs in
            let entries = total(runs, Trigger.kernelEntries.count)
            let milliseconds = total(evidence.uninterrupted, \.timeEnabled) / 1_000_000
            return .clean("exact: \(Figures.grouped(entries)) entries, \(Figures.grouped(milliseconds)) ms of ticks")
        })

    /// Question: are branches lost between two CPUIDs? Method: reads arm A of the workload cpu-identification, in which a
    /// hypervisor steps in at every iteration. Expected: exact. Verdict rule: a deficit there alone is a finding (cpuid-loss:
    /// VMware, rr CPUIDBugDetector). If other workloads deviate as well, it is not the CPUIDs.
    static let cpuidPairs = Probe(
        id: "cpu-identification",
        question: VendorText(
            "Are branches lost between two CPUIDs?",
            [.arm: "Are branches lost between two reads of an identification register?"]),
        title: VendorText("CPUID pairs", [.arm: "identification reads"]),
        faults: [.cpuidLoss], omission: \.needsCorePMU,
        runs: { arms($0) { $0.arm == .countingAlone && Trigger.cpuidPairs.count($0) > 0 } },
        deviates: { run, _ in run.deviation != 0 },
        answer: { _, runs in .clean("exact: \(Figures.grouped(total(runs, Trigger.cpuidPairs.count))) pairs") })

    /// Question: did the firmware interrupt, and do counts show it? Method: reads `MSR_SMI_COUNT` (0x34) of all runs. Expected:
    /// none, or exact counts in spite of them (freeze_on_smi, kernel commit a01994f5e5c7). Verdict rule: surplus in the very
    /// runs that had an SMI is a finding (smi-surplus); SMIs alone are none.
    static let systemManagementInterrupts = Probe(
        id: "smi",
        question: VendorText(
            "Did system management interrupts (SMIs) come, and do counts show them?",
            [.arm: "Did the firmware interrupt, and do counts show it?"]),
        title: VendorText("SMIs", [.arm: "firmware interrupts"]),
        faults: [.smiSurplus], omission: { $0.needsCorePMU },
        runs: { ($0.undisturbed + $0.disturbed + $0.conditional).filter { $0.record.smis != nil } },
        whyNone: { $0.runs.isEmpty ? nil : VendorText.unreadableSMIs.general },
        deviates: { run, _ in (run.smis ?? 0) > 0 && run.firstDeviation < 0 },
        answer: { _, runs in
            let smis = total(runs) { $0.smis ?? 0 }
            return .value(smis == 0 ? "none came" : "\(Figures.grouped(smis)) came")
        })

    /// Question: was every event on a counter all the time it was enabled? Method: reads `time_enabled` and `time_running` of
    /// all runs, and whether a pinned event found a counter at all. Expected: equal. Verdict rule: none on counts. A
    /// multiplexed run is disturbed and not used, whatever it counted; one that found no counter is starved-counter.
    static let multiplexing = Probe(
        id: "multiplexing", question: "Was every event on a counter all the time it was enabled?",
        title: "shared counters", faults: [.starvedCounter],
        runs: { $0.undisturbed + $0.disturbed + $0.conditional },
        deviates: { run, _ in run.condition == nil && run.disturbances.contains(.starved) },
        takesDisturbedRuns: true,
        answer: { _, runs in
            let shared = runs.count { $0.record.disturbances.contains(.multiplexed) }
            return .value(
                shared == 0
                    ? "none"
                    : "\(Figures.grouped(UInt64(shared))) of \(Figures.counted(UInt64(runs.count), "run")), not used")
        })
}
