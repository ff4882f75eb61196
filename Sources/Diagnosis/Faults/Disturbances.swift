import Measurement

// Disturbances: the run is labelled, repeated where that helps, and no finding rests on it.
extension FaultExplanation {
    static let ofDisturbances: [FaultExplanation] = [
        throttled, multiplexed, starved, recordsLost, strayTrap, interrupted,
    ]

    private static let throttled = FaultExplanation(
        .throttled, "the kernel stopped an event that interrupted too often",
        happens: [
            "An event that interrupts as often in one tick as perf_event_max_sample_rate allows is stopped until"
                + " the next tick. Everything in between is lost, far more than a skid. The kernel also lowers the"
                + " limit by itself when its interrupts take long (\"perf: interrupt took too long\").",
            "Before Linux 6.16 only the event that interrupted stopped; since then its whole group does, counting"
                + " members included. truecount keeps the counter that measures in a group of its own.",
        ],
        since: "Always; for whole groups since 6.16.", places: Places(kernels: "All; other rules since 6.16."),
        signature: "PERF_RECORD_THROTTLE in the ring of the sampler.",
        advice: [
            "truecount repeats such a run at four times the period, and says so.",
            "sysctl kernel.perf_cpu_time_max_percent=0, then kernel.perf_event_max_sample_rate=100000.",
            "Choose a longer --period.",
        ],
        mistakenFor: [
            Confusion("freeze-on-pmi", "a freeze loses no more than the skid, and at every PMI"),
            Confusion("lost-pmi", "the interrupts are missing because the kernel turned them off"),
        ],
        references: Reference.cited("__perf_event_account_interrupt", "9734e25fbf5a", "rr issue 2720", "rr issue 3076"))

    private static let multiplexed = FaultExplanation(
        .multiplexed, "the event shared its counter with others, so it was not on all the time",
        happens: [
            "Where there are more events than counters, the kernel lets them take turns. The count is that of the"
                + " turns only, two to three times too low. Tools that scale it up report a guess as a number."
        ],
        since: "Always.", places: Places(),
        signature: "time_running is less than time_enabled.",
        advice: [
            "Stop other users of the counters: perf, monitoring agents, the NMI watchdog (sysctl"
                + " kernel.nmi_watchdog=0)."
        ],
        mistakenFor: [
            Confusion("wrong-event", "there the times are equal"),
            Confusion("dead-counter", "a guest whose host has no counter left sees healthy times"),
        ],
        references: Reference.cited("perf_event_open(2)", "google/benchmark"))

    private static let starved = FaultExplanation(
        .starved, "a pinned event found no counter, so nothing was counted",
        happens: [
            "The mark of a run whose event failed for want of a counter. What it means for the machine is under"
                + " starved-counter."
        ],
        since: "Always.", places: Places(),
        signature: "The counter was read as end of file, or the kernel refused the event for want of a counter.",
        advice: ["See truecount explain starved-counter."],
        mistakenFor: [
            Confusion("starved-counter", "the finding that such runs add up to"),
            Confusion("multiplexed", "an event that is not pinned takes turns instead"),
        ],
        references: Reference.cited("perf_event_open(2)", "rr issue 2421"))

    private static let recordsLost = FaultExplanation(
        .recordsLost, "the ring buffer was full, so rows of the ledger are missing",
        happens: [
            "Interrupts came and samples were taken, but there was no room to write them down. Counts are not"
                + " touched; the number of PMIs and the ledger are incomplete."
        ],
        since: "Always.", places: Places(),
        signature: "PERF_RECORD_LOST in the ring, with the number of records lost.",
        advice: [
            "Run fewer things beside it, or as root, which may lock more memory (perf_event_mlock_kb).",
            "Choose a longer --period.",
        ],
        mistakenFor: [Confusion("lost-pmi", "there the interrupt itself never came, and nothing is said to be lost")],
        references: Reference.cited("perf_event_open(2)"))

    private static let strayTrap = FaultExplanation(
        .strayTrap, "a debug exception came that no breakpoint event claimed",
        happens: [
            "With breakpoint counters only: the kernel gets a debug exception whose status register names a"
                + " breakpoint that is not there any more, and sends SIGTRAP. The hypervisor showed an old state"
                + " again. truecount survives the signal, labels the run and makes it again, up to three times."
        ],
        since: "Guests of KVM before 6.14, as far as is known.", places: Places(hypervisors: "KVM before 6.14."),
        signature: "SIGTRAP in the measuring thread or in the traced child, counted in the run's strayTraps.",
        advice: ["Nothing, if the repeated run is clean. A newer kernel on the host ends it."],
        mistakenFor: [Confusion("interrupted", "that is somebody's Ctrl-C")],
        references: Reference.cited("DR6"))

    private static let interrupted = FaultExplanation(
        .interrupted, "the run, or the diagnosis, was stopped before its end",
        happens: [
            "Ctrl-C, SIGTERM or SIGHUP ended the diagnosis after the run in hand. What was known by then is"
                + " reported and marked; a clean verdict is not given."
        ],
        since: "Always.", places: Places(),
        signature: "The report says interrupted; its probes rest on fewer runs.",
        advice: ["Diagnose again and let it end; --quick takes two seconds."],
        mistakenFor: [Confusion("stray-trap", "that is a signal that nobody sent")],
        references: Reference.cited("docs/method.md"))
}
