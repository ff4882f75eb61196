// Faults of counts at PMIs.
extension FaultExplanation {
    static let ofPMICounts: [FaultExplanation] = [freezeOnPMI, pmiDrop, pmiSurplus]

    private static let freezeOnPMI = FaultExplanation(
        .freezeOnPMI, "every counter of the CPU loses the branches between an overflow and its interrupt",
        happens: [
            "The CPU stops all its counters the moment one of them overflows. The interrupt is taken some"
                + " instructions later, the skid, and only its handler starts the counters again. What retires in"
                + " between is counted by nobody: about 10 branches per PMI in the first report.",
            "A counter that never overflows itself loses as much. The count of a recording is low, the count of"
                + " its replay, which takes no PMI, is right, and so rr's replay fails. No two recordings agree"
                + " after the first PMI.",
            "The name of the bit says freeze on PMI; what was implemented is freeze on overflow. If counters"
                + " stopped only when the interrupt is taken, nothing would be lost.",
        ],
        since: "Linux 4.20-rc1 turned it on. Up to 5.10 it is off unless the kernel is booted with perf_v4_pmi=1"
            + " (1 enables it, although the documentation of these kernels says the opposite). The code is still in"
            + " Debian's 5.10.262 and no longer in 6.12.",
        places: Places(
            cpus: "Intel with architectural performance monitoring version 4 and later: Skylake and its"
                + " successors, Goldmont.",
            kernels: "4.20 release candidates; up to 5.10 with perf_v4_pmi=1; any later one where somebody sets"
                + " bit 12 of IA32_DEBUGCTL, as truecount diagnose --induce freeze-on-pmi does.",
            hypervisors: "KVM does not let a guest set that bit (read in Linux 6.12), so a guest sees it only"
                + " where the host freezes, or where the PMU is emulated and freezes itself."),
        sighting: Sighting(
            probes: ["pmi-totals", "pmi-ledger", "bystander"],
            signature: "Exact without PMIs. With them a deficit of PMIs × skid, the same on the bystander as on"
                + " the counter that overflows. In the ledger the apparent skid is near 0: the count stands still"
                + " at the overflow while the registers say that the program went on."),
        advice: [
            "Boot without perf_v4_pmi=1.",
            "On other kernels find who sets bit 12 of IA32_DEBUGCTL (0x1d9), and clear it: truecount info shows"
                + " it to root where the msr driver is loaded. It is lost at a reboot, and set for each CPU by"
                + " itself.",
            "Throw recordings made meanwhile away: it is they that are wrong, not their replay.",
        ],
        mistakenFor: [
            Confusion("pmi-drop", "the bystander is exact there"),
            Confusion("throttled", "the loss is far above the skid, and the ring holds THROTTLE records"),
            Confusion("late-pmi", "the skid is long, but no count is lost"),
            Confusion("smi-surplus", "the sign is the other one, and the size has nothing to do with PMIs"),
        ],
        references: Reference.cited(
            "Kyle Huey", "9 July 2019", "10 November 2020", "af3bdb991a5c", "bit 59", "intel_pmu_handle_irq_v4"))

    private static let pmiDrop = FaultExplanation(
        .pmiDrop, "the counter that overflows loses counts at its PMI; counters beside it lose none",
        happens: [
            "At a PMI the kernel stops the counter that overflowed, reads it, loads it for the next period and"
                + " starts it again. If counts are lost on that way, only this counter is low: total and ledger,"
                + " not the bystander.",
            "An interrupt that freezes cannot look so: it stops every counter of the CPU.",
        ],
        since: "No kernel or CPU is known for it. truecount can tell it from freezing, so it has a name of its own.",
        places: Places(),
        sighting: Sighting(
            probes: ["pmi-totals", "pmi-ledger", "bystander"],
            signature:
                "A deficit with a slope over the number of PMIs on the sampled counter, in its total and from row"
                + " to row of the ledger; every bystander exact."),
        advice: [
            "Count with an event that does not sample, beside one that does.",
            "Report kernel, CPU and hypervisor with the JSON report: it holds every run and every PMI.",
        ],
        mistakenFor: [
            Confusion("freeze-on-pmi", "there bystanders lose as much"),
            Confusion("lost-pmi", "there interrupts are missing, and counts are right"),
            Confusion("throttled", "a throttled event stands still until the next tick, and THROTTLE records say so"),
        ],
        references: Reference.cited("DESIGN", "10 November 2020"))

    private static let pmiSurplus = FaultExplanation(
        .pmiSurplus, "counts that no branch made are gained at each PMI",
        happens: [
            "Runs without PMIs are exact, runs with PMIs are high, by so much per PMI. The usual reason is a"
                + " hypervisor that emulates the interrupt or the counter, and counts work of its own as the"
                + " guest's.",
            "rr looks for it when it starts, at one single PMI, and refuses to record where it finds it. It does"
                + " so on Intel only, and sees a surplus but never a deficit.",
        ],
        since: "Known of Xen since 2017.",
        places: Places(
            cpus: "AMD family 15h (Piledriver) counts each interrupt as a branch in event 0xC4; truecount does"
                + " not use that event.",
            hypervisors: "Xen (HVM guests with its virtual PMU)."),
        sighting: Sighting(
            probes: ["pmi-totals", "pmi-ledger", "bystander"],
            signature: "A surplus with a slope over the number of PMIs, and none without PMIs."),
        advice: [
            "In a guest, suspect the hypervisor's virtual PMU first, and diagnose on the host as well.",
            "No configuration of Xen is known in which rr counts right.",
        ],
        mistakenFor: [
            Confusion("smi-surplus", "SMIs come at any time, with PMIs or without, and MSR_SMI_COUNT moves"),
            Confusion("lock-surplus", "that one shows in the workload of locked instructions only, PMIs or not"),
            Confusion("kernel-leak", "that one needs system calls or page faults, not PMIs"),
        ],
        references: Reference.cited("check_for_xen_pmi_bug", "rr issue 1552", "ISPASS 2013"))
}
