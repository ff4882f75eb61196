import Measurement

// Faults that a hypervisor makes.
extension FaultExplanation {
    static let ofHypervisors: [FaultExplanation] = [checkpointLoss, cpuidLoss, countOffset]

    private static let checkpointLoss = FaultExplanation(
        .checkpointLoss, "a checkpointed counter (IN_TXCP) loses counts under KVM",
        happens: [
            "On CPUs with transactional memory a counter can be checkpointed: when a transaction is aborted, its"
                + " count is taken back. rr uses it. KVM's host refuses to open such an event when its period is"
                + " below 0x7fffffff, with EOPNOTSUPP, and the guest is not told: its counter stands still."
                + " Expected 4,180,530, got 4,240,512 is one report of the mismatch."
        ],
        since: "Seen on hosts with Linux about 4.8.",
        places: Places(
            cpus: "Intel Haswell to Skylake with TSX.", kernels: "KVM hosts about 4.8.", hypervisors: "KVM."),
        sighting: Sighting(
            probes: ["uninterrupted-exactness"], condition: Condition(.checkpointed),
            signature: "The checkpointed event counts fewer branches than the plain one in the same run, after it"
                + " was disabled and enabled again."),
        advice: [
            "Turn TSX off in the guest (tsx=off), or do not use the checkpointed event.",
            "rr finds it when it starts and counts without checkpoints; it then gives up on programs that use TSX.",
        ],
        mistakenFor: [
            Confusion("dead-counter", "there the plain event counts nothing either"),
            Confusion("count-offset", "there a fixed power of two is added"),
        ],
        references: Reference.cited("check_for_kvm_in_txcp_bug", "rr issue 1952", "rr issue 2202"))

    private static let cpuidLoss = FaultExplanation(
        .cpuidLoss, "a conditional branch between two CPUID instructions is not counted",
        happens: [
            "Each CPUID leaves the guest. VMware's monitor looks ahead: where a second CPUID follows soon, it"
                + " carries out what lies between by itself, and the counter does not see it. Usually, not always:"
                + " one conditional branch per pair is missing.",
            "rr notices it only in a replay, after the recording has gone wrong.",
        ],
        since: "2012 (the clusters are described in a paper of that year); still met in 2026.",
        places: Places(hypervisors: "VMware."),
        sighting: Sighting(
            probes: ["uninterrupted-exactness"],
            signature: "A deficit in the workload of CPUIDs alone, about one for each pair, with PMIs or without."),
        advice: [
            "In the virtual machine's configuration: monitor_control.disable_hvsim_clusters = \"true\"."
        ],
        mistakenFor: [
            Confusion("inexact-uninterrupted", "other workloads deviate as well"),
            Confusion("checkpoint-loss", "there it takes a checkpointed event"),
        ],
        references: Reference.cited("CPUIDBugDetector", "O'Callahan", "rr issue 4079"))

    private static let countOffset = FaultExplanation(
        .countOffset, "readings are off by a fixed power of two",
        happens: [
            "The count is right but for one high bit: 2^31 too much or too little where a hypervisor takes 32"
                + " bits for 31, 2^48 where a reader mixes up the counter's width with its sign. rr has seen"
                + " 2,147,483,647, which is 2^31 - 1, as the count of an idle event."
        ],
        since: "Not known.",
        places: Places(
            cpus: "Skylake with Linux 4.4, for 2^48 in rdpmc.",
            hypervisors: "Parallels on Mac (2^31); a guest of KVM like those of AWS (2^31 - 1)."),
        sighting: Sighting(
            probes: ["uninterrupted-exactness"],
            signature: "A deviation of exactly 2^31, 2^32 or 2^48, or one less, the same in every run that has it."),
        advice: [
            "Run on another hypervisor; no setting is known.", "Report it with the JSON report.",
        ],
        mistakenFor: [
            Confusion("smi-surplus", "that one has another size each time"),
            Confusion("rdpmc-disagrees", "there read(2) is right and rdpmc is not"),
        ],
        references: Reference.cited("rr issue 1818", "rr issue 2202", "perf_event_tests"))
}
