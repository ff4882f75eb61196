import Measurement

// Faults of which event counts, and of whether one counts at all.
extension FaultExplanation {
    static let ofSelection: [FaultExplanation] = [wrongEvent, deadCounter, starvedCounter]

    private static let wrongEvent = FaultExplanation(
        .wrongEvent, "the counter counts another event than the one it is taken for",
        happens: [
            "The same code means different events on different CPUs: unit mask 0x01 of Intel's 0xC4 is every"
                + " conditional branch before Ice Lake, and only the taken ones from Ice Lake on. A program that"
                + " brings its own codes counts about half and sees no error.",
            "An old kernel can do the same to a right code: bits that it does not know are dropped in silence."
                + " Lunar Lake and Arrow Lake need bit 40, which Linux passes on since 6.11 (that older ones count"
                + " a wrong event is inferred from the source, not measured).",
            "On hybrid CPUs an event of type RAW belongs to the performance cores. On an efficiency core it"
                + " counts nothing, and in a program that wanders between both a part.",
        ],
        since: "Ice Lake for the unit mask, Alder Lake for the core types, Lunar Lake for"
            + " bit 40.",
        places: Places(
            cpus: "Ice Lake and later with an old table; Alder Lake and later hybrids; Lunar Lake and Arrow Lake.",
            kernels: "Before 6.11 for Lunar Lake and Arrow Lake.",
            hypervisors: "Those that offer the seven architectural events only: all branches count there,"
                + " conditional ones read 0 (AWS i3.16xlarge)."),
        sighting: Sighting(
            probes: ["uninterrupted-exactness"],
            signature:
                "Every run without PMIs deviates by the same share: what is counted is the number of taken"
                + " branches, or of all branches, of the workload."),
        advice: [
            "Let truecount choose the event: leave --event out, and compare with truecount info.",
            "Run Linux 6.11 or newer on Lunar Lake and Arrow Lake.",
            "On a hybrid CPU bind the program to one core type, and open the event with that PMU's type.",
        ],
        mistakenFor: [
            Confusion("inexact-uninterrupted", "the deviation fits no other event of the workload"),
            Confusion(
                "multiplexed", "a share is missing there, too, but the kernel says that the event was not always on"),
            Confusion("dead-counter", "there the count is 0 everywhere"),
        ],
        references: Reference.cited(
            "rr issue 2610", "rr issue 3338", "rr issue 3906", "rr issue 3935", "dce0c74d2d18", "Intel perfmon"))

    private static let deadCounter = FaultExplanation(
        .deadCounter, "the counter is enabled and scheduled all the time, yet counts nothing, or next to nothing",
        happens: [
            "The kernel's view is healthy: enabled, running, no error. The count is 0, or absurdly small: 395 of"
                + " 3.5 billion instructions on a guest whose host had no counter left. time_running cannot tell"
                + " it, because the guest's kernel sees a PMU that works; only work of a known size can.",
            "Other reasons: the hypervisor virtualises one counter and not a second one, the host keeps it for"
                + " itself, or the event belongs to another core type.",
        ],
        since: "As long as there are virtual PMUs.",
        places: Places(
            cpus: "Any in a guest; hybrid CPUs with the other core type's event.",
            hypervisors:
                "KVM whose host is short of counters (Threadripper 1950X); VMware Fusion 8.5 and Workstation 14"
                + " and 16 (on Windows hosts with Hyper-V), or with vpmc.enable off; AWS i3.16xlarge for this"
                + " event."),
        sighting: Sighting(
            probes: ["uninterrupted-exactness"],
            signature:
                "Every uninterrupted run counts 0. Where only some runs do, or one of two counters does, the same"
                + " probe shows it as inexact."),
        advice: [
            "Try two events at once: perf stat -e r01c4 -e r01c4 true, with the code that truecount info shows.",
            "On the host, stop other users of the counters (perf, the NMI watchdog, monitoring).",
            "VMware: vpmc.enable = \"TRUE\". KVM: -cpu host,pmu=on.",
        ],
        mistakenFor: [
            Confusion("starved-counter", "there the kernel itself says that the event got no counter"),
            Confusion("wrong-event", "there something is counted, in proportion"),
        ],
        references: Reference.cited("check_working_counters", "rezolus issue 1036", "rr issue 1972"))

    private static let starvedCounter = FaultExplanation(
        .starvedCounter, "other users hold the counters, so the event gets none",
        happens: [
            "A pinned event must be on a counter or it fails: once it has lost its counter, it is in an error"
                + " state and read(2) gives end of file instead of a number. Who ignores that takes garbage for a"
                + " count; rr's release builds do not check it (read in its source).",
            "It says nothing of the silicon: a counter that is not to be had now is not a counter that is wrong.",
        ],
        since: "Always.",
        places: Places(
            cpus: "Those with few counters sooner: Knights Landing has two.",
            kernels: "Any with the NMI watchdog, which holds one counter of each CPU.",
            hypervisors: "Those that offer one counter only."),
        sighting: Sighting(
            probes: ["uninterrupted-exactness", "pmi-totals"],
            signature:
                "Runs marked starved: their event was read as end of file, or the kernel found no counter when it"
                + " was opened. The verdict is inconclusive, not faulty."),
        advice: [
            "sysctl kernel.nmi_watchdog=0 for the time of the measurement.",
            "Stop perf, monitoring agents and other guests; then diagnose again.",
        ],
        mistakenFor: [
            Confusion("dead-counter", "there the kernel says that all is well"),
            Confusion("multiplexed", "an event that is not pinned shares its counter instead of failing"),
            Confusion("starved", "the mark of a single run of this kind"),
        ],
        references: Reference.cited("perf_event_open(2)", "rr issue 2421", "rr issue 4041", "rr issue 1957"))
}
