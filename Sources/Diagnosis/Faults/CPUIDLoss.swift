import Measurement

extension KnownFault {
    /// A deficit in the workload of CPUIDs alone (rr CPUIDBugDetector; USENIX ATC 2012 on clusters of exits).
    static let cpuidLoss = KnownFault(
        .cpuidLoss, needs: [.uninterrupted],
        probes: ["cpu-identification", "uninterrupted-exactness"],
        signature: { scene in
            Trigger.cpuidPairs.signature(
                scene, workloads: ["cpu-identification"],
                mechanism: VendorText.lossBetweenIdentifications.general
            )
        },
        advice: VendorText(
            "On VMware set monitor_control.disable_hvsim_clusters = true in the guest's configuration.",
            [.arm: "No such loss is known on Arm. Report CPU, kernel and hypervisor."]),
        explanation: FaultExplanation(
            .cpuidLoss,
            "a conditional branch between two CPUID instructions is not counted",
            happens: [
                "Each CPUID leaves the guest. VMware's monitor looks ahead: where a second CPUID follows soon, it"
                    + " emulates both, and the instructions between them, in one exit. The counter does not see those"
                    + " instructions. Usually, but not always, one conditional branch per pair is missing.",
                "rr notices only at replay, when the recording is already wrong.",
            ],
            since: "2012 (a paper of that year describes these clusters); still reported in 2026.",
            places: Places(
                hypervisors: "VMware."),
            signature: "A deficit in the CPUID workload only, about one branch per pair, with or without PMIs.",
            advice: [
                "In the virtual machine's configuration: monitor_control.disable_hvsim_clusters = \"true\"."
            ],
            mistakenFor: [
                Confusion(
                    "inexact-uninterrupted", "there, other workloads deviate too"),
                Confusion(
                    "checkpoint-loss", "that one needs a checkpointed event"),
            ],
            references: Reference.cited("CPUIDBugDetector", "O'Callahan", "rr issue 4079")))
}
