import Measurement

extension KnownFault {
    /// A checkpointed event that counts less than the closed form (rr check_for_kvm_in_txcp_bug, issue 1952). Nothing at
    /// all is no loss: the event is then not supported.
    static let checkpointLoss = KnownFault(
        .checkpointLoss, needs: [.uninterrupted], under: .these([.checkpointed]),
        signature: { scene in
            guard scene.condition != nil else { return .notShown }
            let runs = scene.runs.filter { $0.record.deviation > 0 && $0.record.counted > 0 }
            let shown = Signature.Shown(
                perRun: runs, of: scene.runs.count, deviation: { $0.record.deviation },
                mechanism: "A checkpointed event loses what it had counted when it is disabled and enabled again.",
                evidence: conditionEvidence(scene, runs), alternatives: [.everyRun(scene)])
            return shown.map(Signature.shown) ?? .notShown
        },
        advice:
            "The host's KVM refuses the checkpointed event and does not tell: count transactions with IN_TX instead.",
        explanation: FaultExplanation(
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
            condition: Condition(.checkpointed),
            signature: "The checkpointed event counts fewer branches than the plain one in the same run, after it"
                + " was disabled and enabled again.",
            advice: [
                "Turn TSX off in the guest (tsx=off), or do not use the checkpointed event.",
                "rr finds it when it starts and counts without checkpoints; it then gives up on programs that use TSX.",
            ],
            mistakenFor: [
                Confusion("dead-counter", "there the plain event counts nothing either"),
                Confusion("count-offset", "there a fixed power of two is added"),
            ],
            references: Reference.cited("check_for_kvm_in_txcp_bug", "rr issue 1952", "rr issue 2202")))
}
