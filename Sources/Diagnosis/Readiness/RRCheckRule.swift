import Measurement

/// One check of rr's as data: its name in rr's source, its question, and what it would say of these facts.
struct RRCheckRule: Sendable {
    let name: String
    let question: String
    let decide: @Sendable (RRFacts) -> (RRReadiness.Answer, String)

    /// In the order of kernel-and-rr.md 2.3, after the two that come before all others.
    static let all: [RRCheckRule] = [
        knownCPU, startCounter, periodChange, workingCounters, checkpointed, xen, freezeOnSMI, lockMap, exclusives,
        transactions, virtualCPUID, overshoot, consistency, coreTypes,
    ]

    private static let knownCPU = RRCheckRule(
        name: "compute_cpu_microarch", question: "Does rr know this CPU?"
    ) { facts in
        guard let row = facts.microarchitecture else {
            return (
                .no,
                "\(facts.machine.processor.identity ?? "this CPU") is not in rr's table, so rr"
                    + " ends at once; report it there with the CPUID signature, or try rr's latest version."
            )
        }
        guard let event = row.rawEvent else { return (.no, "rr takes it for \(row.name), and supports that no more.") }
        let limit = row.isSkidUnbounded ? "\(row.skidLimit), which it does not rely on" : "\(row.skidLimit)"
        return (.yes, "\(row.name): event 0x\(String(event, radix: 16)), skid limit \(limit).")
    }

    private static let startCounter = RRCheckRule(
        name: "start_counter", question: "May rr open its events?"
    ) { facts in
        guard facts.hasPMU else {
            let obstacle = facts.machine.obstacles.first { $0.weight == .prevents }
            return (.no, "\(obstacle?.sentence ?? "Linux has no PMU of the cores.") \(obstacle?.remedy ?? "")")
        }
        let privileges = facts.machine.privileges
        let isAdministrator = privileges.hasSystemAdministrationCapability == true
        guard let level = facts.machine.limits.perfEventParanoid, !isAdministrator else {
            return facts.machine.limits.perfEventParanoid == nil
                ? (.no, "this kernel has no perf events.") : (.yes, "CAP_SYS_ADMIN may open any event.")
        }
        // rr counts context switches, which the kernel's side of user events, as well (kernel-and-rr.md 4.2).
        if level > 2 {
            return (
                .no, "perf_event_paranoid is \(level), which denies all events: sysctl kernel.perf_event_paranoid=1."
            )
        }
        if level > 1, privileges.hasPerfmonCapability != true {
            return (
                .no,
                "perf_event_paranoid is \(level) and rr needs 1 or less: sysctl kernel.perf_event_paranoid=1, or"
                    + " rr record -n."
            )
        }
        return (.yes, "perf_event_paranoid is \(level).")
    }

    private static let periodChange = RRCheckRule(
        name: "check_for_ioc_period_bug", question: "Does a new period take effect at once, and how short may it be?"
    ) { facts in
        guard facts.hasPMU else { return (.notAsked, "rr has ended before.") }
        return (.onlyRR, "rr works around it where it does not.")
    }

    private static let workingCounters = RRCheckRule(
        name: "check_working_counters",
        question: "Does the counter count 500 branches of 500, and a second one beside it?"
    ) { facts in
        guard facts.hasPMU else { return (.notAsked, "rr has ended before.") }
        return (.measure, "rr accepts any count of 500 and above; truecount compares to the last branch.")
    }

    private static let checkpointed = RRCheckRule(
        name: "check_for_kvm_in_txcp_bug", question: "Does a checkpointed counter count after it was disabled?"
    ) { facts in
        guard facts.isIntel, facts.hasPMU else { return (.notAsked, "asked on Intel only.") }
        guard facts.hasTransactions else { return (.notAsked, "this CPU shows no transactional memory.") }
        guard let hypervisor = facts.hypervisor else {
            return (.yes, "the fault is a hypervisor's (KVM), and there is none.")
        }
        return (.measure, "a guest of \(hypervisor): KVM is known to drop it.")
    }

    private static let xen = RRCheckRule(
        name: "check_for_xen_pmi_bug", question: "Is a PMI free of a surplus?"
    ) { facts in
        guard facts.isIntel, facts.hasPMU else { return (.notAsked, "asked on Intel only.") }
        guard let hypervisor = facts.hypervisor else {
            return (.yes, "the fault is Xen's, and there is no hypervisor.")
        }
        if hypervisor == "Xen" { return (.no, "a guest of Xen: no configuration is known in which it counts right.") }
        return (.measure, "a guest of \(hypervisor); rr looks at one single PMI.")
    }

    private static let freezeOnSMI = RRCheckRule(
        name: "freeze_on_smi", question: "Do counters stand still in system management mode?"
    ) { facts in
        guard facts.microarchitecture?.needsFreezeOnSMI == true else {
            return (.notAsked, "asked from Comet Lake on.")
        }
        guard let file = facts.machine.pmus.first(where: { $0.name == "cpu" })?.freezeOnSMI else {
            return (.yes, "/sys/devices/cpu/freeze_on_smi is not there, and rr takes that for no fault.")
        }
        return file == 1
            ? (.yes, "/sys/devices/cpu/freeze_on_smi is 1.")
            : (.no, "/sys/devices/cpu/freeze_on_smi is \(file), and rr ends: echo 1 > /sys/devices/cpu/freeze_on_smi.")
    }

    private static let lockMap = RRCheckRule(
        name: "check_for_zen_speclockmap", question: "Is SpecLockMap off?"
    ) { facts in
        guard facts.isZen, facts.hasPMU else { return (.notAsked, "asked on AMD Zen only.") }
        return (
            .onlyRR,
            "rr tries one locked instruction, which misses it 15 times in 16; turn it off with rr's zen_workaround.py,"
                + " and let truecount diagnose try many."
        )
    }

    private static let exclusives = RRCheckRule(
        name: "check_strex", question: "Is the program free of exclusive loads and stores?"
    ) { facts in
        guard facts.isArm else { return (.notAsked, "asked on Arm only.") }
        return (.onlyRR, "it depends on the program that is recorded.")
    }

    private static let transactions = RRCheckRule(
        name: "HLE and RTM at run time", question: "Is the program free of transactions?"
    ) { facts in
        guard facts.isIntel, facts.hasTransactions else {
            return (.notAsked, "this CPU shows no transactional memory.")
        }
        return (.onlyRR, "it depends on the program that is recorded.")
    }

    private static let virtualCPUID = RRCheckRule(
        name: "CPUIDBugDetector", question: "Are branches between two CPUIDs counted?"
    ) { facts in
        guard facts.hypervisor == "VMware", facts.hasPMU else { return (.notAsked, "the fault is VMware's.") }
        return (
            .measure,
            "rr finds it only in a replay, when the recording is spoilt; set"
                + " monitor_control.disable_hvsim_clusters = \"true\"."
        )
    }

    private static let overshoot = RRCheckRule(
        name: "read_ticks", question: "Does the interrupt come within the skid limit?"
    ) { facts in
        guard facts.hasPMU, let limit = facts.microarchitecture?.skidLimit else {
            return (.notAsked, "rr has ended before.")
        }
        return (
            .measure, "rr never measures it; truecount diagnose says how late PMIs come, beside rr's limit of \(limit)."
        )
    }

    private static let consistency = RRCheckRule(
        name: "check_ticks_consistency", question: "Does a replay count what the recording counted?"
    ) { facts in
        guard facts.hasPMU else { return (.notAsked, "rr has ended before.") }
        return (.onlyRR, "each replay checks it, and that is too late for the recording.")
    }

    private static let coreTypes = RRCheckRule(
        name: "core types", question: "Does rr find the CPUs of each core type?"
    ) { facts in
        guard facts.isHybrid, let coreTypes = facts.machine.topology.coreTypes else {
            return (.notAsked, "all cores are alike.")
        }
        // CPUs.cc reads "a" and "a-b" (kernel-and-rr.md 2.2).
        if let broken = coreTypes.sorted(by: { $0.key < $1.key }).first(where: { $0.value.contains(",") }) {
            return (.no, "the CPUs of \(broken.key) are \(broken.value), a list that rr cannot read: it ignores them.")
        }
        return (.yes, "rr binds the program to the performance cores.")
    }
}
