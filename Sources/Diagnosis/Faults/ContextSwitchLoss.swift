import Measurement

extension KnownFault {
    /// Deficits in exactly the runs that were switched out, more of them than chance would bring there, or proportional to
    /// the switches (kernel/events/core.c, perf_event_context_sched_out).
    static let contextSwitchLoss = KnownFault(
        .contextSwitchLoss, needs: [.uninterrupted], under: .these([.sharedCPU]),
        probes: ["uninterrupted-exactness", "pmi-totals"],
        signature: { scene in
            let all = scene.population.map(\.record)
            let low = scene.runs.filter { $0.record.firstDeviation > 0 }
            let switched = all.count { $0.involuntarySwitches > 0 }
            guard low.count >= (scene.condition == nil ? 2 : 1), !all.contains(where: { $0.firstDeviation < 0 }),
                all.allSatisfy({ $0.deviates ? $0.involuntarySwitches > 0 : true })
            else { return .notShown }
            let isProportional = isProportional(scene.runs.map(\.record))
            if scene.condition == nil {
                let chance = Statistics.chanceOfFalling(low.count, into: switched, of: all.count)
                guard scene.uninterrupted.contains(where: \.record.deviates),
                    chance < Statistics.coincidence || isProportional
                else { return .notShown }
            }
            return Trigger.contextSwitches.shown(
                low, of: scene.runs.count { $0.record.involuntarySwitches > 0 },
                mechanism: "Counts are lost when the kernel takes the event off its counter and puts it back.",
                evidence: [
                    "\(low.count) of \(switched) runs that were switched out are low, and none of the \(all.count - switched) others",
                    isProportional
                        ? "every deficit is the same multiple of the run's context switches"
                        : "deficits differ from one context switch to another",
                ],
                alternatives: [
                    Signature.Alternative(
                        "freeze-on-pmi, pmi-drop", because: "runs without a PMI of their own are low as well",
                        runs: scene.population.count { !$0.record.arm.samples }, need: .uninterrupted),
                    Signature.Alternative(
                        Fault.inexactUninterrupted.rawValue, because: "every run without a context switch is exact",
                        runs: all.count - switched, need: .uninterrupted),
                    .disturbance(low),
                ])
        },
        advice: "Report kernel, CPU and hypervisor; bind what you count to a CPU of its own.",
        explanation: FaultExplanation(
            .contextSwitchLoss,
            "counts are lost or gained when another program takes the CPU",
            happens: [
                "At a context switch the kernel takes the thread's events off their counters and puts them back"
                    + " later. A count that changes with the number of switches was lost in that step, or belongs to"
                    + " the other program."
            ],
            since:
                "No kernel is known to do this; studies of counters name per-process filtering and context switches as"
                + " sources of error. A program that executes a setuid file has its counters stopped on purpose.",
            places: Places(),
            condition: Condition(.sharedCPU),
            signature:
                "Runs that share their CPU with another process deviate, and deviate more with more switches; runs"
                + " alone on the CPU are exact.",
            advice: [
                "Bind what you count to a CPU of its own, and diagnose again.",
                "Report kernel, CPU and hypervisor with the JSON report.",
            ],
            mistakenFor: [
                Confusion(
                    "multiplexed", "there, the kernel itself says that the event was not on a counter all the time"),
                Confusion(
                    "migration-loss", "there, the CPU changes and counts are right"),
                Confusion(
                    "starved-counter", "there, another event holds the counter"),
            ],
            references: Reference.cited("perf_event_open(2)", "docs/method.md")))
}

/// Whether each run, counter and sampler, lacks the same number of counts for each of its switches, over different
/// numbers of them.
private func isProportional(_ runs: [RunRecord]) -> Bool {
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
