import Measurement

extension KnownFault {
    /// A deficit in the workload of CPUIDs alone (rr CPUIDBugDetector; USENIX ATC 2012 on clusters of exits).
    static let cpuidLoss = KnownFault(
        .cpuidLoss, needs: [.uninterrupted],
        probes: ["cpu-identification", "uninterrupted-exactness"],
        signature: { scene in
            Trigger.cpuidPairs.signature(
                scene, workloads: ["cpu-identification"],
                mechanism:
                    "The hypervisor carries out two CPUIDs that stand close together in one exit, and the branch between them is not counted."
            )
        },
        advice: "On VMware set monitor_control.disable_hvsim_clusters = true in the guest's configuration.",
        explanation: FaultExplanation(
            .cpuidLoss, "a conditional branch between two CPUID instructions is not counted",
            happens: [
                "Each CPUID leaves the guest. VMware's monitor looks ahead: where a second CPUID follows soon, it"
                    + " carries out what lies between by itself, and the counter does not see it. Usually, not always:"
                    + " one conditional branch per pair is missing.",
                "rr notices it only in a replay, after the recording has gone wrong.",
            ],
            since: "2012 (the clusters are described in a paper of that year); still met in 2026.",
            places: Places(hypervisors: "VMware."),
            signature: "A deficit in the workload of CPUIDs alone, about one for each pair, with PMIs or without.",
            advice: [
                "In the virtual machine's configuration: monitor_control.disable_hvsim_clusters = \"true\"."
            ],
            mistakenFor: [
                Confusion("inexact-uninterrupted", "other workloads deviate as well"),
                Confusion("checkpoint-loss", "there it takes a checkpointed event"),
            ],
            references: Reference.cited("CPUIDBugDetector", "O'Callahan", "rr issue 4079")))
}
