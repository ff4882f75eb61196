import Measurement

/// Question: was every event on a counter all the time it was enabled? Method: reads `time_enabled` and `time_running` of
/// all runs. Expected: equal. Verdict rule: none. A multiplexed run is disturbed and not used, whatever it counted.
struct Multiplexing: Probe {
    let id = "multiplexing"
    let question = "Was every event on a counter all the time it was enabled?"
    let title = "counters not shared"

    func conclude(_ evidence: Evidence) -> ProbeConclusion {
        let runs = evidence.undisturbed + evidence.disturbed + evidence.conditional
        guard !runs.isEmpty else { return .skipped("no run was made") }
        let shared = runs.count { $0.disturbances.contains(.multiplexed) }
        return ProbeConclusion(
            outcome: .clean, answer: shared == 0 ? "yes" : "no: \(shared) runs shared a counter and are not used",
            runs: runs)
    }
}
