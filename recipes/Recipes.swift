/// Files that put truecount to work elsewhere. They lie beside this one, and are built into the program, so that the
/// static binary alone has them.
public struct Recipe: Sendable {
    public struct File: Sendable {
        public let name: String
        /// The file itself, to the byte.
        public let bytes: [UInt8]
        public let isExecutable: Bool
    }

    /// Also the name of its folder.
    public let name: String
    /// What it is for, in one line.
    public let purpose: String
    public let files: [File]

    public static func named(_ name: String) -> Recipe? { all.first { $0.name == name } }
}

extension Recipe {
    public static let all: [Recipe] = [
        Recipe(
            name: "bisect",
            purpose: "find the first kernel, or boot argument, that loses branches: git bisect with virtme-ng",
            files: [
                .script("bisect-kernels", PackageResources.bisect_kernels),
                .script("bisect-step", PackageResources.bisect_step),
            ]),
        Recipe(
            name: "kselftest", purpose: "a kernel selftest: TEST_PROGS, KTAP",
            files: [
                .script("truecount.sh", PackageResources.truecount_sh), .text("Makefile", PackageResources.Makefile),
                .text("settings", PackageResources.settings),
            ]),
        Recipe(
            name: "lava", purpose: "a test definition for LAVA: diagnosis and gate",
            files: [.text("truecount.yaml", PackageResources.truecount_yaml)]),
        Recipe(
            name: "tmt", purpose: "a test and a plan for tmt: the gate",
            files: [
                .text("truecount.fmf", PackageResources.truecount_fmf), .text("plan.fmf", PackageResources.plan_fmf),
            ]),
        Recipe(
            name: "github-actions", purpose: "a workflow that gates your own runner",
            files: [.text("truecount.yml", PackageResources.truecount_yml)]),
        Recipe(
            name: "systemd", purpose: "diagnose once after each kernel upgrade, and keep the history",
            files: [
                .text("truecount-diagnose.service", PackageResources.truecount_diagnose_service),
                .text("truecount-diagnose.timer", PackageResources.truecount_diagnose_timer),
                .script("truecount-history", PackageResources.truecount_history),
            ]),
        Recipe(
            name: "kubernetes", purpose: "a Job for each node, and a script that runs them and collects the summaries",
            files: [
                .script("diagnose-nodes", PackageResources.diagnose_nodes),
                .text("job.yaml", PackageResources.job_yaml),
            ]),
        Recipe(
            name: "ansible", purpose: "a play that diagnoses an inventory, fetches the reports and gates them",
            files: [.text("diagnose-fleet.yml", PackageResources.diagnose_fleet_yml)]),
        Recipe(
            name: "prometheus", purpose: "metrics for node_exporter, and alerts on what they say",
            files: [
                .text("truecount-metrics.service", PackageResources.truecount_metrics_service),
                .text("truecount-metrics.timer", PackageResources.truecount_metrics_timer),
                .text("truecount-alerts.yml", PackageResources.truecount_alerts_yml),
                .text("truecount-alerts.test.yml", PackageResources.truecount_alerts_test_yml),
            ]),
        Recipe(
            name: "fleet-sql", purpose: "ask the summaries of a fleet in SQL: DuckDB in one process, or Spark",
            files: [
                .script("fleet-sql", PackageResources.fleet_sql), .text("groups.sql", PackageResources.groups_sql),
            ]),
    ]
}

extension Recipe.File {
    fileprivate static func text(_ name: String, _ bytes: [UInt8]) -> Self {
        Self(name: name, bytes: bytes, isExecutable: false)
    }

    fileprivate static func script(_ name: String, _ bytes: [UInt8]) -> Self {
        Self(name: name, bytes: bytes, isExecutable: true)
    }
}
