import Measurement

// Faults that need no PMI.
extension FaultExplanation {
    static let ofCountsWithoutPMIs: [FaultExplanation] = [
        inexactUninterrupted, smiSurplus, lockSurplus, kernelLeak, contextSwitchLoss,
    ]

    private static let inexactUninterrupted = FaultExplanation(
        .inexactUninterrupted, "counts deviate although nothing interrupts",
        happens: [
            "The closed form of the machine code says one number and the counter another, with no PMI anywhere."
                + " Either the event is not deterministic on this CPU, or it is not the event that it is taken for,"
                + " or something else adds to it. Nothing can be said about PMIs on top of that.",
            "Only few events are exact: conditional branches mostly are, retired instructions and all branches"
                + " gain one at each interrupt and page fault on every x86 that was examined.",
        ],
        since: "Always; a property of the CPU or the hypervisor, rarely of the kernel.",
        places: Places(
            cpus:
                "Zen to Zen 3 by AMD's erratum 1292 (size not stated; Linux has no workaround); Westmere and a"
                + " part of the Silvermont family (plus one per run); Cortex-A55, A75, Neoverse E1 (ISB counted"
                + " as a branch), Cortex-A520 (now and then); Apple M-series (plus one in 28.6 million, once).",
            hypervisors: "Any whose virtual PMU counts the host's work."),
        sighting: Sighting(
            probes: ["uninterrupted-exactness"],
            signature: "A run of arm A that is not equal to the closed form, in either direction."),
        advice: [
            "See with truecount info which event is counted, and from which table; name another one with --event.",
            "Prove the closed forms on this machine: truecount verify.",
            "In a guest, diagnose on the host.",
        ],
        mistakenFor: [
            Confusion("wrong-event", "the deviation is a fixed share of the branches"),
            Confusion("smi-surplus", "few runs are far too high, and MSR_SMI_COUNT moved in them"),
            Confusion("kernel-leak", "only workloads that enter the kernel deviate"),
            Confusion("lock-surplus", "only the workload of locked instructions deviates"),
        ],
        references: Reference.cited(
            "ISPASS 2013", "AMD erratum 1292", "#1292", "rr issue 2448", "rr issue 2615", "rr issue 3649",
            "rr commit 572d62f4", "kvm-unit-tests"))

    private static let smiSurplus = FaultExplanation(
        .smiSurplus, "branches of the firmware's system management mode are counted as the program's",
        happens: [
            "A system management interrupt hands the CPU to the firmware, unseen by Linux. Firmware since 2020"
                + " runs parts of its handler at privilege level 3, so a counter of user space counts it. One such"
                + " interrupt adds any number of branches, potentially vast.",
            "freeze_on_smi makes the counters stand still meanwhile. rr demands it from Comet Lake on. On hybrid"
                + " CPUs rr looks for a file that is not there, and says nothing (read in rr's and Linux's sources,"
                + " not tried).",
        ],
        since:
            "Firmware since about 2020. Linux turns freeze_on_smi on by default since February 2022, in stable"
            + " kernels too (it is in 5.10.262).",
        places: Places(
            cpus:
                "Intel Comet Lake and later, client machines above all: i7-10610U, i7-1185G7. rr checks nothing on"
                + " AMD and on older CPUs.",
            kernels: "Those before February 2022, or with freeze_on_smi turned off.",
            hypervisors: "While a guest of KVM runs, older hosts drop the setting (recalled, not verified)."),
        sighting: Sighting(
            probes: ["uninterrupted-exactness", "pmi-totals"],
            signature: "Few runs too high by large and unequal amounts, with PMIs or without, on every counter"
                + " alike; where MSR_SMI_COUNT can be read (root, msr driver) it moved in exactly these runs."),
        advice: [
            "echo 1 > /sys/devices/cpu/freeze_on_smi; on hybrid CPUs in /sys/devices/cpu_core and cpu_atom each.",
            "Make it last with a line in tmpfiles.d. 10,000 clean runs were made with it on a machine that had"
                + " failed one time in ten.",
        ],
        mistakenFor: [
            Confusion("pmi-surplus", "that one comes with each PMI, and is small"),
            Confusion("count-offset", "that one is a power of two, always the same"),
            Confusion("kernel-leak", "that one is proportional to system calls or page faults"),
        ],
        references: Reference.cited(
            "rr issue 3045", "rr issue 3063", "rr issue 3076", "a01994f5e5c7", "MSR_SMI_COUNT"))

    private static let lockSurplus = FaultExplanation(
        .lockSurplus, "branches around locked instructions are counted again when the CPU takes a guess back",
        happens: [
            "AMD's Zen runs ahead of a locked instruction (SpecLockMap). When the guess was wrong the work is"
                + " undone, but not in the counters: 2 to 4 branches are counted twice. It hits few locked"
                + " instructions, so a single one shows nothing: 15 of 16 single tries missed it on an EPYC 9D64,"
                + " and rr tries a single one."
        ],
        since: "The first Zen.",
        places: Places(
            cpus: "AMD Zen to Zen 4 at least. One Zen 2 (Ryzen 3600) showed nothing with the event for taken"
                + " branches.",
            hypervisors: "A guest cannot turn it off, and its hypervisor may hide the event that shows it."),
        sighting: Sighting(
            probes: ["uninterrupted-exactness"], condition: Condition(.manyLocked),
            signature: "Surplus in the workload of locked instructions alone, with PMIs or without; 100,000 of"
                + " them and more make it certain."),
        advice: [
            "Turn SpecLockMap off: bit 54 of MSR C001_1020 on each CPU, by rr's zen_workaround.py or its kernel"
                + " module, after each boot and resume.",
            "In a cloud, ask for metal, or for another CPU.",
        ],
        mistakenFor: [
            Confusion("inexact-uninterrupted", "other workloads deviate as well"),
            Confusion("pmi-surplus", "that one needs PMIs"),
        ],
        references: Reference.cited("rr issue 2034"))

    private static let kernelLeak = FaultExplanation(
        .kernelLeak, "branches of the kernel are counted as the program's",
        happens: [
            "An event that excludes the kernel should not move while the kernel runs. Some leak: a branch at each"
                + " interrupt, system call or page fault is counted, as part of the way in or out. Conditional"
                + " branches are mostly free of it; events of all branches, taken branches and instructions are"
                + " not."
        ],
        since: "Always, by CPU and event.",
        places: Places(
            cpus: "AMD family 15h and Zen 2 with event 0xC4, one per interrupt; all x86 with instructions.",
            hypervisors: "AMD counts VMRUN as a branch of the guest."),
        sighting: Sighting(
            probes: ["uninterrupted-exactness", "pmi-totals"],
            signature: "Surplus in the workloads of system calls and page faults, as much as there are entries,"
                + " or as there are ticks and signals; none where the kernel is not entered."),
        advice: [
            "Count the conditional event of this CPU: 0xD1 on Zen and not 0xC4 (truecount info names it).",
            "In a guest, diagnose on the host as well.",
        ],
        mistakenFor: [
            Confusion("smi-surplus", "that one is large, rare and hits every workload"),
            Confusion("inexact-uninterrupted", "there workloads that never enter the kernel deviate"),
        ],
        references: Reference.cited("ISPASS 2013", "rr issue 1552", "rr issue 2255", "kvm-unit-tests"))

    private static let contextSwitchLoss = FaultExplanation(
        .contextSwitchLoss, "counts are lost or gained when another program takes the CPU",
        happens: [
            "At a context switch the kernel takes the thread's counters off the CPU and puts them back later. A"
                + " count that changes with the number of switches was lost on that way, or belongs to the other"
                + " program."
        ],
        since: "No kernel is known for it; studies of counters name per-process filtering and context switches as"
            + " corruptors. A program that executes a setuid file has its counters stopped on purpose.",
        places: Places(),
        sighting: Sighting(
            probes: ["pmi-totals"], condition: Condition(.sharedCPU),
            signature: "Runs beside another process on the same CPU deviate, and the more so the more switches"
                + " there were; runs alone are exact."),
        advice: [
            "Give the program a CPU of its own until it is mended.", "Report kernel and CPU with the JSON report.",
        ],
        mistakenFor: [
            Confusion("multiplexed", "there the kernel itself says that the event was not on a counter all the time"),
            Confusion("migration-loss", "there the CPU changes, and counts are right"),
            Confusion("starved-counter", "there another event has the counter"),
        ],
        references: Reference.cited("perf_event_open(2)", "DESIGN"))
}
