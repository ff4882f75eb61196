import Measurement

/// Question: did the firmware interrupt, and do counts show it? Method: reads `MSR_SMI_COUNT` (0x34) of all runs. Expected:
/// none, or exact counts in spite of them (freeze_on_smi, kernel-and-rr.md 1.6). Verdict rule: surplus in the very runs
/// that had an SMI is a finding (smi-surplus); SMIs alone are none.
struct SystemManagementInterrupts: Probe {
    let id = "smi"
    let question = "Did system management interrupts come, and do counts show them?"
    let title = "SMIs"

    func omission(_ schedule: Schedule) -> String? { schedule.needsCorePMU }

    func conclude(_ evidence: Evidence) -> ProbeConclusion {
        let runs = (evidence.undisturbed + evidence.conditional).filter { $0.smis != nil && !$0.isDisturbed }
        guard !runs.isEmpty else { return .skipped("MSR_SMI_COUNT cannot be read: not Intel, or not root") }
        let hit = runs.filter { ($0.smis ?? 0) > 0 }
        let smis = hit.reduce(0) { $0 + ($1.smis ?? 0) }
        guard smis > 0 else { return ProbeConclusion(outcome: .clean, answer: "none came", runs: runs) }
        let surplus = hit.filter { $0.deviation < 0 }
        let others = runs.contains { $0.deviation != 0 && $0.smis == 0 }
        guard !surplus.isEmpty, !others else {
            return ProbeConclusion(
                outcome: .clean, answer: "\(smis) came\(others ? "" : ", and no count shows them")", runs: runs)
        }
        return ProbeConclusion(
            outcome: .finding, answer: "\(smis) came, and the runs they hit counted too many", runs: runs)
    }
}
