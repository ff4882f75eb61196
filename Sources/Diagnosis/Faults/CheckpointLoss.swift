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
                mechanism: "A checkpointed event loses its count when it is disabled and enabled again.",
                evidence: conditionEvidence(scene, runs), alternatives: [.everyRun(scene)])
            return shown.map(Signature.shown) ?? .notShown
        },
        advice:
            "KVM on the host refuses the checkpointed event without telling the guest: count transactions with IN_TX instead.",
        explanation: FaultExplanation(
            .checkpointLoss,
            "a checkpointed counter (IN_TXCP) loses counts under KVM",
            happens: [
                "On CPUs with transactional memory (TSX) a counter can be checkpointed: when a transaction aborts,"
                    + " its counts are taken back. rr uses this. KVM on the host refuses such an event with EOPNOTSUPP"
                    + " when its period is below 0x7fffffff, and does not tell the guest, whose counter then stands"
                    + " still. One report of the mismatch: expected 4,180,530, got 4,240,512."
            ],
            since: "Seen on hosts with Linux about 4.8.",
            places: Places(
                cpus: "Intel Haswell to Skylake with TSX.",
                kernels: "KVM hosts about 4.8.",
                hypervisors: "KVM."),
            condition: Condition(.checkpointed),
            signature:
                "The checkpointed event, disabled and enabled again, counts fewer branches than the plain event in the"
                + " same run.",
            advice: [
                "Turn TSX off in the guest (tsx=off), or do not use the checkpointed event.",
                "rr detects this at startup and counts without checkpoints; it then gives up on programs that use"
                    + " TSX.",
            ],
            mistakenFor: [
                Confusion(
                    "dead-counter", "there, the plain event counts nothing either"),
                Confusion(
                    "count-offset", "there, a fixed power of two is added"),
            ],
            references: Reference.cited("check_for_kvm_in_txcp_bug", "rr issue 1952", "rr issue 2202")))
}
