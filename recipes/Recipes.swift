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
            purpose: "find the first kernel, or boot argument, that loses branches: git bisect in guests",
            files: [
                .script("bisect-kernels", PackageResources.bisect_kernels),
                .script("bisect-step", PackageResources.bisect_step),
            ]),
        Recipe(
            name: "virtme-ng", purpose: "boot the kernel of a tree with vng and diagnose it there",
            files: [.script("vng-diagnose", PackageResources.vng_diagnose)]),
        Recipe(
            name: "kselftest", purpose: "a test of the kernel's own: TEST_PROGS, KTAP",
            files: [
                .script("truecount.sh", PackageResources.truecount_sh), .text("Makefile", PackageResources.Makefile),
                .text("settings", PackageResources.settings),
            ]),
        Recipe(
            name: "lava", purpose: "a test definition of LAVA's",
            files: [.text("truecount.yaml", PackageResources.truecount_yaml)]),
        Recipe(
            name: "tmt", purpose: "a test and a plan of tmt's",
            files: [
                .text("truecount.fmf", PackageResources.truecount_fmf), .text("plan.fmf", PackageResources.plan_fmf),
            ]),
        Recipe(
            name: "github-actions", purpose: "a workflow on a runner of one's own",
            files: [.text("truecount.yml", PackageResources.truecount_yml)]),
        Recipe(
            name: "systemd", purpose: "diagnose once after each kernel upgrade, and keep the history",
            files: [
                .text("truecount-diagnose.service", PackageResources.truecount_diagnose_service),
                .text("truecount-diagnose.timer", PackageResources.truecount_diagnose_timer),
                .script("truecount-history", PackageResources.truecount_history),
            ]),
        Recipe(
            name: "kubernetes", purpose: "a DaemonSet that diagnoses each node, and what collects the reports",
            files: [
                .text("daemonset.yaml", PackageResources.daemonset_yaml),
                .script("collect-reports", PackageResources.collect_reports),
            ]),
        Recipe(
            name: "ansible", purpose: "a play that diagnoses the machines of an inventory, and fetches the reports",
            files: [.text("diagnose-fleet.yml", PackageResources.diagnose_fleet_yml)]),
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
