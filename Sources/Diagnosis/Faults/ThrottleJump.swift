import Measurement

extension KnownFault {
    /// A throttled event that is moved to another counter goes on from what that counter held (kernel commit f1cac6ac62d2).
    /// Question: does a sampler that was throttled and moved go on from where it stood? Method: condition throttling: a
    /// sampler beyond the rate limit, while the events get other counters. Expected: it misses what passes while it is
    /// stopped, and nothing else happens to it. Verdict rule: it is shown by a sampler that has more than was retired, in all or
    /// from one PMI to the next; that has less than it had before; or that passed an overflow without a PMI behind its last one.
    /// A sampler that has less than was retired shows nothing: it was stopped. The bystander has to be exact: it is judged as
    /// any other counter is.
    static let throttleJump = KnownFault(
        .throttleJump, .interrupts, needs: [.totals], under: .these([.throttling]),
        signature: { scene in
            guard scene.condition != nil else { return .notShown }
            let shortest = scene.evidence.shortestUnambiguousPeriod
            let jumped = scene.runs.filter { $0.record.throttleJump != nil }
            let shown = Signature.Shown(
                perRun: jumped, of: scene.runs.count, deviation: { $0.record.throttleJump ?? 0 },
                mechanism:
                    "The sampler was stopped, moved to another counter, and let go on from what that counter happened to hold.",
                evidence: jumpEvidence(jumped), alternatives: jumpAlternatives(jumped))
            if let shown { return .shown(shown) }
            let silent = scene.runs.filter {
                $0.record.overflowsBehindLastPMI > 0 && ($0.record.period ?? 0) >= shortest
            }
            let stillSilent = Signature.Shown(
                missingPMIs: silent.map { ($0, Int64(clamping: $0.record.overflowsBehindLastPMI)) },
                of: scene.runs.count,
                mechanism:
                    "The sampler was stopped, moved to another counter, and let go on far from its next overflow.",
                evidence: jumpEvidence(silent), alternatives: jumpAlternatives(silent))
            return stillSilent.map(Signature.shown) ?? .notShown
        },
        advice:
            "Run a kernel with commit f1cac6ac62d2, or keep samplers below kernel.perf_event_max_sample_rate: then none is throttled.",
        explanation: FaultExplanation(
            .throttleJump,
            "a throttled event that is moved to another counter goes on from what that counter held",
            happens: [
                "The kernel stops a sampler that interrupts too often, and lets it go on at the next timer tick without loading its"
                    + " counter again. If its counter was given to another event meanwhile, because an event was opened,"
                    + " enabled or disabled, the sampler goes on from what the new counter happened to hold.",
                "What it counts then is off by the difference: in the lab by 2^48 - 2^31 at each such move, up, because the"
                    + " other event had been loaded with -2^31. Its next interrupt comes early, late or not at all. An event"
                    + " that never overflows is not stopped, and stays exact.",
            ],
            since: "Linux 2.6.37 (commit a4eaf7f14675, 2010) until f1cac6ac62d2 (March 2026).",
            places: Places(
                cpus: "x86: the fault is in the code that Intel and AMD share.",
                kernels:
                    "Those without f1cac6ac62d2. Debian's 5.10.262, 6.1.192 and 6.12.95 have it in the lab, 7.2.13 has not."
            ),
            condition: Condition(.throttling),
            signature:
                "In a run with a throttled sampler, its total is above the closed form, or falls; the bystander is exact.",
            advice: [
                "Run a kernel with commit f1cac6ac62d2.",
                "Choose a longer --period, or raise kernel.perf_event_max_sample_rate, so that nothing is throttled.",
                "Do not open or close events beside a sampler that may be throttled.",
            ],
            mistakenFor: [
                Confusion(
                    "throttled", "the stopping itself: counts are low until the next tick, and THROTTLE records say so"),
                Confusion("count-offset", "there, readings are off by a power of two without a throttled event"),
                Confusion("lost-pmi", "there, interrupts are missing though nothing was throttled"),
            ],
            references: Reference.cited("f1cac6ac62d2", "8d5fae601126", "__perf_event_account_interrupt")))
}

private func jumpEvidence(_ runs: [Run]) -> [String] {
    let moves = runs.reduce(0) { $0 + ($1.record.throttledMoves ?? 0) }
    let exact = runs.count { $0.record.deviation == 0 }
    var lines = [
        "the events were given other counters \(Figures.counted(moves, "time")) while the sampler was throttled",
        "the counter beside it is exact in \(exact) of \(Figures.counted(UInt64(runs.count), "run"))",
    ]
    if let first = runs.first?.record, let totals = first.samplerTotals {
        lines.append(
            "the first: period \(Figures.grouped(first.period ?? 0)), \(Figures.counted(first.throttles, "throttle")); the sampler can have at most \(Figures.grouped(totals.expected)), and has \(Figures.grouped(totals.counted))"
        )
    }
    return lines
}

private func jumpAlternatives(_ runs: [Run]) -> [Signature.Alternative] {
    [
        Signature.Alternative(
            Disturbance.throttled.rawValue,
            because: "a stopped counter has too little, never too much or less than before",
            runs: runs.count, need: .totals)
    ]
}
