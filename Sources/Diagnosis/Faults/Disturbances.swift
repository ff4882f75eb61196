import Measurement

// Disturbances: the run is labelled, repeated where that helps, and no finding rests on it.
extension FaultExplanation {
    static let ofDisturbances: [FaultExplanation] = [
        throttled, multiplexed, starved, recordsLost, strayTrap, interrupted,
    ]

    private static let throttled = FaultExplanation(
        .throttled, "the kernel stopped an event that interrupted too often",
        happens: [
            "The kernel stops an event that interrupts more often in one timer tick than perf_event_max_sample_rate"
                + " allows, until the next tick. All counts in between are lost, far more than a skid. The kernel also"
                + " lowers the limit by itself when its interrupts take long (\"perf: interrupt took too long\").",
            "Before Linux 6.16 only the event that interrupted stopped; since then its whole group does, counting"
                + " members included. truecount keeps the counter that measures in a group of its own.",
        ],
        since: "Always; for whole groups since 6.16.", places: Places(kernels: "All; the rules changed in 6.16."),
        signature: "PERF_RECORD_THROTTLE in the ring of the sampler.",
        advice: [
            "Nothing, if it was one run: truecount repeats it at four times the period, and says so.",
            "sysctl kernel.perf_cpu_time_max_percent=0, then kernel.perf_event_max_sample_rate=100000.",
            "Choose a longer --period.",
        ],
        mistakenFor: [
            Confusion("freeze-on-pmi", "there, no more than the skid is lost, at every PMI"),
            Confusion("lost-pmi", "there, the kernel did not stop the event, yet interrupts are missing"),
        ],
        references: Reference.cited("__perf_event_account_interrupt", "9734e25fbf5a", "rr issue 2720", "rr issue 3076"))

    private static let multiplexed = FaultExplanation(
        .multiplexed, "the event shared its counter with others, so it was not on all the time",
        happens: [
            "With more events than counters, the kernel lets events take turns. Each counts only during its own"
                + " turns, two to three times too low. Tools that scale it up report an estimate."
        ],
        since: "Always.", places: Places(),
        signature: "time_running is less than time_enabled.",
        advice: [
            "Stop other users of the counters: perf, monitoring agents, the NMI watchdog (sysctl"
                + " kernel.nmi_watchdog=0)."
        ],
        mistakenFor: [
            Confusion("wrong-event", "there, the times are equal"),
            Confusion("dead-counter", "a guest whose host has no counter left sees healthy times"),
        ],
        references: Reference.cited("perf_event_open(2)", "google/benchmark"))

    private static let starved = FaultExplanation(
        .starved, "a pinned event found no counter, so nothing was counted",
        happens: [
            "The mark of a run whose event got no counter. truecount explain starved-counter says what that means"
                + " for the machine."
        ],
        since: "Always.", places: Places(),
        signature: "The counter read as end of file, or the kernel refused the event because no counter was free.",
        advice: ["See truecount explain starved-counter."],
        mistakenFor: [
            Confusion("starved-counter", "the finding that is made from such runs"),
            Confusion("multiplexed", "there, an event that is not pinned takes turns"),
        ],
        references: Reference.cited("perf_event_open(2)", "rr issue 2421"))

    private static let recordsLost = FaultExplanation(
        .recordsLost, "the ring buffer was full, so rows of the ledger are missing",
        happens: [
            "Interrupts came and samples were taken, but there was no room to store them. Counts are not affected;"
                + " the number of PMIs and the ledger are incomplete."
        ],
        since: "Always.", places: Places(),
        signature: "PERF_RECORD_LOST in the ring, with the number of records lost.",
        advice: [
            "Run less beside it, or run as root, which may lock more memory (perf_event_mlock_kb).",
            "Choose a longer --period.",
        ],
        mistakenFor: [Confusion("lost-pmi", "there, the interrupt itself never came, and no record says so")],
        references: Reference.cited("perf_event_open(2)"))

    private static let strayTrap = FaultExplanation(
        .strayTrap, "a debug exception came that no breakpoint event claimed",
        happens: [
            "With breakpoint counters only: the kernel gets a debug exception whose status register names a"
                + " breakpoint that no longer exists, and sends SIGTRAP, because the hypervisor presented an old"
                + " state. truecount catches the signal, marks the run and repeats it, up to three times."
        ],
        since: "Guests of KVM before 6.14, as far as is known.", places: Places(hypervisors: "KVM before 6.14."),
        signature: "SIGTRAP in the measuring thread or in the traced child, counted in the run's strayTraps.",
        advice: ["Nothing, if the repeated run is clean. A newer kernel on the host fixes it."],
        mistakenFor: [Confusion("interrupted", "there, a person pressed Ctrl-C")],
        references: Reference.cited("DR6"))

    private static let interrupted = FaultExplanation(
        .interrupted, "the run, or the diagnosis, was stopped before its end",
        happens: [
            "Ctrl-C, SIGTERM or SIGHUP ended the diagnosis early. What was known by then is reported and marked; the"
                + " verdict is never accurate."
        ],
        since: "Always.", places: Places(),
        signature: "The report says interrupted; its probes rest on fewer runs.",
        advice: ["Diagnose again and let it finish; --quick takes two seconds."],
        mistakenFor: [Confusion("stray-trap", "there, nobody sent the signal")],
        references: Reference.cited("docs/method.md"))
}
