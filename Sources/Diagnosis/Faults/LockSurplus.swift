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
                    "Where the CPU speculates past a locked instruction and has to go back, branches that it takes back stay counted."
            )
        },
        advice:
            "On AMD Zen switch SpecLockMap off (rr's zen_workaround.py, MSR 0xc0011020 bit 54); it is lost at suspend.",
        explanation: FaultExplanation(
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
            condition: Condition(.manyLocked),
            signature: "Surplus in the workload of locked instructions alone, with PMIs or without; 100,000 of"
                + " them and more make it certain.",
            advice: [
                "Turn SpecLockMap off: bit 54 of MSR C001_1020 on each CPU, by rr's zen_workaround.py or its kernel"
                    + " module, after each boot and resume.",
                "In a cloud, ask for metal, or for another CPU.",
            ],
            mistakenFor: [
                Confusion("inexact-uninterrupted", "other workloads deviate as well"),
                Confusion("pmi-surplus", "that one needs PMIs"),
            ],
            references: Reference.cited("rr issue 2034")))
}
