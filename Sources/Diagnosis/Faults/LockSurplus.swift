import Measurement

extension KnownFault {
    /// A surplus in runs with locked instructions alone (rr issue 2034, Zen's SpecLockMap). A single one shows nothing: 15
    /// of 16 tries missed it, so one probe makes runs with hundreds of thousands.
    static let lockSurplus = KnownFault(
        .lockSurplus, needs: [.uninterrupted], under: .these([.manyLocked]),
        probes: ["uninterrupted-exactness"],
        signature: { scene in
            Trigger.lockedInstructions.signature(
                scene, workloads: ["locked"],
                mechanism:
                    "When the CPU speculates past a locked instruction and has to undo that work, the undone branches stay counted."
            )
        },
        advice: VendorText(
            "On AMD Zen turn SpecLockMap off (rr's zen_workaround.py, MSR 0xc0011020 bit 54); repeat it after each suspend.",
            [
                .amd:
                    "Turn SpecLockMap off on each CPU (rr's zen_workaround.py, MSR C001_1020 bit 54); repeat it after each suspend. A guest cannot: its host has to.",
                .intel: "This is known of AMD's Zen alone. Report CPU, microcode and kernel to the rr project.",
                .arm: "This is known of AMD's Zen alone. Report CPU and kernel to the rr project.",
            ]),
        explanation: FaultExplanation(
            .lockSurplus,
            "branches around locked instructions are counted again after a misspeculation",
            happens: [
                "AMD's Zen runs ahead of a locked instruction (SpecLockMap). When that speculation was wrong the"
                    + " work is undone, but not in the counters: 2 to 4 branches are counted twice. Few locked"
                    + " instructions are hit, so a single one shows nothing: 15 of 16 single tries missed it on an EPYC"
                    + " 9D64, and rr tries a single one."
            ],
            since: "The first Zen.",
            places: Places(
                cpus: "AMD Zen to Zen 4 at least. One Zen 2 (Ryzen 3600) showed nothing with the event for taken"
                    + " branches.",
                hypervisors: "A guest cannot turn it off, and its hypervisor may hide the event that shows it."),
            condition: Condition(.manyLocked),
            signature:
                "A surplus in the workload of locked instructions only, with or without PMIs; 100,000 of them or more"
                + " make it certain.",
            advice: [
                "Turn SpecLockMap off: bit 54 of MSR C001_1020 on each CPU, by rr's zen_workaround.py or its kernel"
                    + " module, after each boot and resume.",
                "In a cloud, use a bare-metal instance or another CPU.",
            ],
            mistakenFor: [
                Confusion(
                    "inexact-uninterrupted", "there, other workloads deviate too"),
                Confusion(
                    "pmi-surplus", "that one needs PMIs"),
            ],
            references: Reference.cited("rr issue 2034")))
}
