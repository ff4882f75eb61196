/// Whole diagnoses, as people run them: every probe, on two CPUs. The fault has to be named as in the rows above, and no
/// condition may add one to it, or find one on healthy silicon.
extension GuestRow {
    static let whole: [GuestRow] =
        [
            whole(.v5_10, "v4pmi-off", pmu: "freeze=overflow", append: "perf_v4_pmi=0", .accurate),
            whole(
                .v5_10, "v4pmi-on", pmu: "freeze=overflow,skidunit=cond", append: "perf_v4_pmi=1", .freeze(losing: 10)),
            whole(
                .v6_12, "freeze-forced", pmu: "freeze=overflow,force_freeze=1,skidunit=cond", .freeze(losing: 10)),
            whole(
                .newest, "induced", pmu: "freeze=overflow,skidunit=cond", arguments: ["--induce", "freeze-on-pmi"],
                .freeze(losing: 10)),
            whole(
                .v6_12, "drop13", pmu: "drop=13,skid=10",
                .faulty("pmi-drop", loss: LossPerPMI(typical: 13, allowed: 3...23), bystander: .exact)),
            whole(
                .v6_12, "surplus7", pmu: "overcount=7",
                .faulty("pmi-surplus", loss: .exactly(-7), bystander: .exact)),
            whole(.v6_12, "lost-pmi50", pmu: "lostpmi=50", .lostPMIs),
            whole(.v6_12, "spurious100000", pmu: "spurious=100000,seed=7", .faulty("inexact-uninterrupted")),
            whole(.v6_12, "no-pmu", pmu: "off", .unsupported),
        ]
        + [.v6_1, .v6_12, .newest].map { whole($0, "healthy", pmu: "skid=0-40,seed=3", .accurate) }

    private static func whole(
        _ kernel: KernelLine, _ name: String, pmu: String, append: String = "", arguments: [String] = [],
        _ expected: Expectation
    ) -> GuestRow {
        GuestRow(
            kernel: kernel, name: "whole-\(name)", pmu: pmu, kernelArguments: append, virtualCPUs: 2,
            arguments: arguments, probes: .all, expected: expected)
    }
}
