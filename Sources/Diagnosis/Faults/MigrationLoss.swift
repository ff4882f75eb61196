import Measurement

extension KnownFault {
    /// PMIs or counts that are missing in runs that move between CPUs, and in no other (rr issues 3607 and 3601).
    static let migrationLoss = KnownFault(
        .migrationLoss, .interrupts, needs: [.totals], under: .these([.migration]),
        signature: { scene in
            guard scene.condition != nil else { return .notShown }
            let missing = scene.overflows.filter { $0.missing > 0 }
            let mechanism =
                "An overflow during a move to another CPU is lost: its interrupt never comes, or counts are lost with it."
            guard !missing.isEmpty else {
                let low = scene.runs.filter { $0.record.isInexact && $0.record.firstDeviation > 0 }
                let shown = Signature.Shown(
                    perRun: low, of: scene.runs.count, mechanism: mechanism, evidence: conditionEvidence(scene, low),
                    alternatives: [.everyRun(scene)])
                return shown.map(Signature.shown) ?? .notShown
            }
            let runs = missing.map(\.run)
            let moves = scene.runs.reduce(0) { $0 + $1.record.migrations }
            let lost = UInt64(missing.reduce(0) { $0 + $1.missing })
            return .shown(
                Signature.Shown(
                    runs: runs, per: .migration, direction: .missing,
                    size: FaultSize(min: 1, median: 1, max: 1, mean: 1),
                    frequency: Frequency(lost, of: moves, per: .migration),
                    mechanism: mechanism, evidence: conditionEvidence(scene, runs), alternatives: [.everyRun(scene)]))
        },
        advice: "Bind the counted program to one CPU (taskset).",
        explanation: FaultExplanation(
            .migrationLoss,
            "an overflow during a move to another CPU raises no interrupt",
            happens: [
                "When a thread moves, its counter is read on the old CPU and loaded on the new one. An overflow in"
                    + " between raises no interrupt: the next one comes at twice the period. The count itself is right.",
                "Seen: 20,001 counts where 10,000 were asked for, and 121.6 million for 60.8 million.",
            ],
            since: "Reported with Linux 5.4, 5.10 and 6.1.",
            places: Places(
                cpus: "Arm: c6g.12xlarge (Graviton 2) often, c7g (Graviton 3) rarely.",
                kernels: "5.4, 5.10, 6.1 on aarch64.",
                hypervisors: "Less often on metal."),
            condition: Condition(.migration),
            signature:
                "In runs that move between CPUs, an interval of about twice the period; none in runs that do not move.",
            advice: [
                "Bind the program to one CPU: taskset -c 0 program.",
                "Report instance type or board, kernel and the JSON report.",
            ],
            mistakenFor: [
                Confusion(
                    "lost-pmi", "the same without a move"),
                Confusion(
                    "context-switch-loss", "there, counts are lost, not interrupts"),
            ],
            references: Reference.cited("rr issue 3607", "rr issue 3601")))
}
