import Measurement

// Faults of the interrupts themselves: counts are right, but whoever waits for the interrupt is misled.
extension FaultExplanation {
    static let ofInterrupts: [FaultExplanation] = [lostPMI, latePMI, duplicatePMI, periodIgnored, migrationLoss]

    private static let lostPMI = FaultExplanation(
        .lostPMI, "a counter passes its period and goes on counting, but the interrupt never comes",
        happens: [
            "The count is right to the last branch, yet there are fewer PMIs than the count divided by the"
                + " period. A debugger that asked to be stopped there runs on until the next overflow, or for ever.",
            "Three ways are known: a migration between CPUs at the wrong moment, a kernel that drops interrupts"
                + " taken in the kernel when user space alone is sampled, and a driver that never wires the"
                + " interrupt.",
        ],
        since:
            "Seen with Linux 5.4, 5.10 and 6.1 on Arm. Interrupts dropped in the kernel: release"
            + " candidates of 4.11 or 4.12, which is recalled and not verified.",
        places: Places(
            cpus: "Graviton 2 (often), Graviton 3 (rarely); Apple M2 with the events of the M1.",
            kernels: "5.4, 5.10 and 6.1 on aarch64.", hypervisors: "Worse in virtual machines than on metal."),
        sighting: Sighting(
            probes: ["pmi-count"],
            signature: "The sampler's own total, divided by its period, is larger than the number of samples; the"
                + " ring reported no lost record. Only periods longer than four skids are judged: below, two"
                + " overflows may share one interrupt."),
        advice: [
            "Do not rely on a single overflow interrupt for a time limit or a breakpoint; counts can be relied on"
                + " where no other finding says otherwise.",
            "Bind the program to one CPU, and diagnose again: if the loss is gone, read truecount explain"
                + " migration-loss.",
        ],
        mistakenFor: [
            Confusion("records-lost", "the interrupt came, but the ring had no room; the kernel says so"),
            Confusion("throttled", "the kernel stopped the event itself, and says so"),
            Confusion("late-pmi", "the interrupt comes, only late"),
            Confusion("migration-loss", "the same loss, but only at a change of the CPU"),
        ],
        references: Reference.cited("rr issue 3607", "rr issue 3601", "Asahi Linux issue 150"))

    private static let latePMI = FaultExplanation(
        .latePMI, "the interrupt comes later after its overflow than rr allows for on this CPU",
        happens: [
            "Between the overflow and the interrupt a program goes on: on Intel some 10 to 40 branches, on AMD's"
                + " Zen thousands. Counts are right; what is late is the stop. rr overshoots its target, warns in a"
                + " recording, and gives up or tries again in a replay.",
            "rr's limit is a constant of its table: 100 or 125 on Intel, 10,000 on Zen, where rr itself calls the"
                + " skid unbounded. It never measures the skid.",
        ],
        since: "Reported of Zen 2 with Linux 5.8.10 and later, and with RHEL's 4.18; the cause is not understood.",
        places: Places(
            cpus: "AMD Zen: Threadripper 3990X, Ryzen 3900X, Ryzen 6800U, EPYC; Westmere once.",
            kernels: "Some are worse than others: 5.8.10 and later, RHEL 4.18."),
        sighting: Sighting(
            probes: ["pmi-ledger"],
            signature: "Skids in the ledger above rr's limit, at periods of more than four times that limit, with"
                + " every count exact. The report's skid gives smallest, median, 99 of 100, and largest."),
        advice: [
            "Record with rr on another CPU or kernel if its replays fail with an overshoot.",
            "Report CPU, kernel and the report's skid to rr issue 2720. Raising rr's limit to 30,000 worked"
                + " there, and was very slow.",
        ],
        mistakenFor: [
            Confusion("lost-pmi", "there the interrupt never comes, and the next one does, a whole period later"),
            Confusion("freeze-on-pmi", "there the skid is ordinary, and counts are low"),
            Confusion("throttled", "there the event stands still, and counts are low"),
        ],
        references: Reference.cited(
            "rr issue 2720", "rr issue 2834", "rr issue 2615", "amd_pmu_adjust_nmi_window", "df4d29732fda",
            "a skid limit for each"))

    private static let duplicatePMI = FaultExplanation(
        .duplicatePMI, "one overflow raises more than one interrupt",
        happens: [
            "There are more PMIs than the count divided by the period. Counts may be right all the same, but"
                + " whoever counts interrupts, or stops at one, sees an event that did not happen."
        ],
        since: "No case in the field is known: of 1,000,000 interrupts measured on a Zen 2, none was early, lost"
            + " or doubled. truecount looks for it because the ledger shows it at no cost.",
        places: Places(),
        sighting: Sighting(
            probes: ["pmi-count", "pmi-ledger"],
            signature: "More samples than the total calls for; in the ledger two rows within one period."),
        advice: ["Report kernel, CPU and hypervisor with the JSON report."],
        mistakenFor: [
            Confusion("pmi-surplus", "there counts are high, and the number of interrupts follows them"),
            Confusion("period-ignored", "there interrupts come at another period than the one asked for"),
        ],
        references: Reference.cited("amd_pmu_adjust_nmi_window", "DESIGN"))

    private static let periodIgnored = FaultExplanation(
        .periodIgnored, "a new period takes effect only after the next overflow of the old one",
        happens: [
            "A tracer changes the period of a running counter with PERF_EVENT_IOC_PERIOD. Kernels with this fault"
                + " keep the old period until its overflow comes: the interrupt that was asked for in 1,000"
                + " branches comes after millions.",
            "rr looks for it when it starts, and where it finds it opens a new event each time instead. A kernel"
                + " that refuses a period as too short (since about Linux 6.11 below 32 on Haswell, EINVAL) is"
                + " another matter, and no miscount.",
        ],
        since: "Old kernels, as rr's check has it; from which version to which is not known here.",
        places: Places(kernels: "Old ones."),
        sighting: Sighting(
            probes: ["pmi-count"], condition: Condition(.periodChange),
            signature: "A sampler that is given a shorter period while it is enabled takes its first PMI at the"
                + " old period."),
        advice: ["Open a new event for a new period, as rr does.", "Run a newer kernel."],
        mistakenFor: [
            Confusion("lost-pmi", "the interrupt is missing at one overflow, with no change of the period before it"),
            Confusion("migration-loss", "the interval is twice the period, after a change of the CPU"),
        ],
        references: Reference.cited("check_for_ioc_period_bug", "rr issue 3848"))

    private static let migrationLoss = FaultExplanation(
        .migrationLoss, "an overflow that falls into a move to another CPU raises no interrupt",
        happens: [
            "When a thread moves, its counter is read on the old CPU and loaded on the new one. An overflow on"
                + " that way raises no interrupt: the next one comes at twice the period. The count itself is"
                + " right.",
            "Seen: 20,001 counts where 10,000 were asked for, and 121.6 million for 60.8 million.",
        ],
        since: "Reported with Linux 5.4, 5.10 and 6.1.",
        places: Places(
            cpus: "Arm: c6g.12xlarge (Graviton 2) often, c7g (Graviton 3) rarely.",
            kernels: "5.4, 5.10, 6.1 on aarch64.",
            hypervisors: "Less often on metal."),
        sighting: Sighting(
            probes: ["pmi-count"], condition: Condition(.migration),
            signature: "In runs that move between CPUs an interval of about twice the period; without moves none."),
        advice: [
            "Bind the program to one CPU: taskset -c 0 program.",
            "Report instance type or board, kernel and the JSON report.",
        ],
        mistakenFor: [
            Confusion("lost-pmi", "the same without a move"),
            Confusion("context-switch-loss", "there counts are lost, not interrupts"),
        ],
        references: Reference.cited("rr issue 3607", "rr issue 3601"))
}
