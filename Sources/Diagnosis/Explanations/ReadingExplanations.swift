import Measurement

// Faults of how a count is read, and what is left over.
extension FaultExplanation {
    static let ofReadings: [FaultExplanation] = [rdpmcDisagrees, unexplained]

    private static let rdpmcDisagrees = FaultExplanation(
        .rdpmcDisagrees, "the count read in user space (rdpmc) is not the one that read(2) gives",
        happens: [
            "A program can read its counter without the kernel, with the instruction rdpmc and a page that the"
                + " kernel keeps up to date. Both ways must agree. Jumps of 2^48 have been seen.",
            "A 0 is no count: since February 2026 Linux can turn rdpmc off for user space on CPUs that allow it,"
                + " and the instruction then answers 0. That is disabled, not a fault.",
        ],
        since: "Seen with Linux 4.4 on Skylake.",
        places: Places(cpus: "Skylake; with the switch: Panther Cove and later.", kernels: "4.4."),
        sighting: Sighting(
            probes: ["uninterrupted-exactness"], condition: Condition(.userSpaceRead),
            signature: "A reading by rdpmc that is neither 0 nor between the two readings by read(2) around it."),
        advice: ["Read with read(2).", "See rdpmc in truecount info: 0 none, 1 a program's own events, 2 all."],
        mistakenFor: [
            Confusion("count-offset", "there read(2) itself is off"),
            Confusion("dead-counter", "there read(2) gives 0 as well"),
        ],
        references: Reference.cited("perf_event_tests", "59af95e028d4"))

    private static let unexplained = FaultExplanation(
        .unexplained, "counts deviate in a way that no rule of this version explains",
        happens: [
            "A count is not equal to the closed form, nothing disturbed the run, and no rule's signature fits. It"
                + " is a fault all the same: a tool that knows only named faults would call the machine accurate."
        ],
        since: "Whenever nobody has met it before.",
        places: Places(),
        sighting: Sighting(
            probes: ["pmi-totals", "pmi-ledger", "bystander", "pmi-count"],
            signature: "Any deviation that is left over; the finding's evidence lists what was seen."),
        advice: [
            "Diagnose again with --thorough, on another CPU (--cpu), and with another --period: what changes is a"
                + " hint.",
            "Report it with the JSON report attached: it holds every run and every PMI.",
        ],
        mistakenFor: [
            Confusion("throttled", "such runs are marked and never judged"),
            Confusion("smi-surplus", "without MSR_SMI_COUNT (root, msr driver) SMIs cannot be told"),
        ],
        references: Reference.cited("DESIGN"))
}
