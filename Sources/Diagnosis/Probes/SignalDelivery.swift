import Measurement

/// Question: do signals leak into user counts? Method: condition signals, arm A: signals are delivered all the time to
/// a handler without a conditional branch. Expected: exact. Verdict rule: a run in which signals came and that deviates is
/// a finding (kernel-leak); one without a signal says nothing.
struct SignalDelivery: Probe {
    let id = "signals"
    let question = "Do signals leak into user counts?"
    let title = "signals"

    private static let milliseconds = 10.0

    func plans(_ schedule: Schedule, round: Int, using generator: inout SeededGenerator) -> [RunPlan] {
        guard let setting = schedule.setting(milliseconds: Self.milliseconds) else { return [] }
        return [plan(setting, .countingAlone, cpu: schedule.cpu).within(.signals)]
    }

    func conclude(_ evidence: Evidence) -> ProbeConclusion {
        condition(.signals, in: evidence) { runs in
            let signalled = runs.filter { ($0.signals ?? 0) > 0 }
            guard !signalled.isEmpty else { return .skipped("no signal came in \(runs.count) runs") }
            let signals = signalled.reduce(0) { $0 + ($1.signals ?? 0) }
            return exactness(signalled, exact: "none leaks: \(signals) signals")
        }
    }
}
