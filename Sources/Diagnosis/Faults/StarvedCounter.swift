import Measurement

extension KnownFault {
    /// Runs whose pinned event found no counter, as the kernel itself says (perf_event_open(2), pinned; rr issue 2421). It
    /// says nothing of the silicon, so it makes no verdict `faulty`.
    static let starvedCounter = KnownFault(
        .starvedCounter, .availability, needs: [],
        probes: ["multiplexing"],
        signature: { scene in
            let runs = scene.evidence.disturbed.filter { $0.record.disturbances.contains(.starved) }
            let made = runs.count + scene.evidence.undisturbed.count
            let shown = Signature.Shown(
                perRun: runs, of: made, deviation: { $0.record.deviation },
                mechanism: "Other users held the counters, so a pinned event got none and counted nothing.",
                evidence: ["\(runs.count) of \(made) runs read as end of file: their event was on no counter"],
                alternatives: [
                    Signature.Alternative(
                        Fault.deadCounter.rawValue,
                        because: "the kernel itself says that the event was on no counter", runs: runs.count,
                        need: .uninterrupted)
                ])
            return shown.map(Signature.shown) ?? .notShown
        },
        advice:
            "Stop the other users: the NMI watchdog (sysctl kernel.nmi_watchdog=0), perf, a monitoring agent, another guest; then diagnose again.",
        explanation: FaultExplanation(
            .starvedCounter,
            "other users hold the counters, so the event gets none",
            happens: [
                "A pinned event must be on a counter or it fails: once it has lost its counter it is in an error"
                    + " state, and read(2) gives end of file instead of a number. A program that ignores this uses"
                    + " garbage as a count; rr's release builds do not check it (read in its source).",
                "It says nothing about the silicon: a counter in use is not a counter that is wrong.",
            ],
            since: "Always.",
            places: Places(
                cpus: "Sooner on those with few counters: Knights Landing has two.",
                kernels: "Any with the NMI watchdog, which holds one counter of each CPU.",
                hypervisors: "Those that offer one counter only."),
            signature:
                "Runs marked starved: their event was read as end of file, or the kernel had no free counter when it"
                + " was opened. The verdict is inconclusive, not faulty.",
            advice: [
                "Turn the NMI watchdog off while measuring: sysctl kernel.nmi_watchdog=0.",
                "Stop perf, monitoring agents and other guests; then diagnose again.",
            ],
            mistakenFor: [
                Confusion(
                    "dead-counter", "there, the kernel reports nothing wrong"),
                Confusion(
                    "multiplexed", "there, an event that is not pinned shares its counter instead of failing"),
                Confusion(
                    "starved", "the mark of a single run of this kind"),
            ],
            references: Reference.cited("perf_event_open(2)", "rr issue 2421", "rr issue 4041", "rr issue 1957")))
}
