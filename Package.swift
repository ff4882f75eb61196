// swift-tools-version: 6.2
import PackageDescription

/// `Lifetimes` lets a decoded record borrow the ring it lies in instead of copying it.
let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableExperimentalFeature("Lifetimes"),
]

let system: Target.Dependency = .product(name: "SystemPackage", package: "swift-system")

let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")

/// Built into the program, as the schema is, so that the static binary alone has them. No two have the same last name.
let recipeFiles = [
    "ansible/diagnose-fleet.yml", "bisect/bisect-kernels", "bisect/bisect-step", "fleet-sql/fleet-sql",
    "fleet-sql/groups.sql", "github-actions/truecount.yml", "kselftest/Makefile", "kselftest/settings",
    "kselftest/truecount.sh", "kubernetes/diagnose-nodes", "kubernetes/job.yaml", "lava/truecount.yaml",
    "prometheus/truecount-alerts.test.yml", "prometheus/truecount-alerts.yml", "prometheus/truecount-metrics.service",
    "prometheus/truecount-metrics.timer", "systemd/truecount-diagnose.service", "systemd/truecount-diagnose.timer",
    "systemd/truecount-history", "tmt/plan.fmf", "tmt/truecount.fmf",
]

/// The commit that reports name, if the build is told: `TRUECOUNT_COMMIT=$(git rev-parse HEAD) swift build`. SwiftPM's own
/// `Context.gitInformation` stays that of the first build until this file changes, and a wrong commit is worse than none.
let commit: [CSetting] =
    Context.environment["TRUECOUNT_COMMIT"].map { commit in
        commit.allSatisfy(\.isHexDigit) ? [.define("CPERF_COMMIT", to: "\"\(commit)\"")] : []
    } ?? []

let package = Package(
    name: "truecount",
    products: [
        .library(name: "PerfEvents", targets: ["PerfEvents"]),
        .library(
            name: "TrueCount",
            targets: ["Workloads", "Measurement", "Simulation", "Diagnosis", "Reporting"]),
        .executable(name: "truecount", targets: ["truecount"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    ],
    targets: [
        .systemLibrary(name: "CLibpfm", providers: [.apt(["libpfm4-dev"])]),
        .target(name: "CPerf", cSettings: commit),
        .target(name: "PerfEvents", dependencies: ["CPerf", "CLibpfm", system], swiftSettings: settings),
        .target(name: "Workloads", dependencies: ["CPerf", "PerfEvents", system], swiftSettings: settings),
        .target(
            name: "Measurement", dependencies: ["CPerf", "PerfEvents", "Workloads", system], swiftSettings: settings),
        .target(
            name: "Simulation", dependencies: ["Measurement", "Workloads", "PerfEvents", system],
            swiftSettings: settings),
        .target(name: "Diagnosis", dependencies: ["Measurement", "Workloads", "PerfEvents"], swiftSettings: settings),
        .target(
            name: "Reporting", dependencies: ["CPerf", "Diagnosis", "Measurement", "PerfEvents", "Workloads", system],
            resources: [.embedInCode("Schema/report.schema.json"), .embedInCode("HTML/page.css")],
            swiftSettings: settings),
        .target(
            name: "Recipes", path: "recipes", sources: ["Recipes.swift"],
            resources: recipeFiles.map { .embedInCode($0) }, swiftSettings: settings),
        .executableTarget(
            name: "truecount",
            dependencies: [
                "Recipes", "Reporting", "Diagnosis", "Simulation", "Measurement", "Workloads", "PerfEvents", "CPerf",
                argumentParser, system,
            ],
            swiftSettings: settings),
        .target(
            name: "TestSupport", dependencies: ["PerfEvents", system], path: "Tests/Support", swiftSettings: settings),
        .target(name: "CTestSupport", path: "Tests/CTestSupport"),
        .testTarget(
            name: "WorkloadsTests", dependencies: ["Workloads", "PerfEvents", "CPerf", system], exclude: ["Oracle"],
            swiftSettings: settings),
        .testTarget(
            name: "MeasurementTests",
            dependencies: ["TestSupport", "CTestSupport", "CPerf", "Measurement", "PerfEvents", "Workloads", system],
            exclude: ["Traced/Oracle"], swiftSettings: settings),
        .testTarget(
            name: "SimulationTests",
            dependencies: ["Simulation", "Diagnosis", "Measurement", "Workloads", "PerfEvents"],
            swiftSettings: settings),
        .testTarget(
            name: "DiagnosisTests",
            dependencies: [
                "TestSupport", "judge-trials", "Diagnosis", "Simulation", "Measurement", "Workloads", "PerfEvents",
            ],
            swiftSettings: settings),
        .testTarget(
            name: "PerfEventsTests", dependencies: ["TestSupport", "PerfEvents", "CPerf", system], exclude: ["Oracle"],
            swiftSettings: settings),
        .executableTarget(name: "deny-system-call", path: "Tests/DenySystemCall"),
        .executableTarget(
            name: "condition-runs", dependencies: ["Measurement", "PerfEvents", "Workloads"],
            path: "Tests/ConditionRuns", swiftSettings: settings),
        .executableTarget(
            name: "judge-trials",
            dependencies: ["Simulation", "Diagnosis", "Measurement", "PerfEvents", argumentParser],
            path: "Tests/JudgeTrials", swiftSettings: settings),
        .executableTarget(
            name: "fuzz", dependencies: ["CPerf", "Measurement", "PerfEvents", "Reporting"], path: "Tests/Soak/Fuzz",
            swiftSettings: settings),
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "truecount", "deny-system-call", "judge-trials", "fuzz", "Recipes", "Reporting", "Diagnosis", "Simulation",
                "Measurement",
                "Workloads", "PerfEvents",
            ],
            exclude: ["Parsers", "StandIns"], swiftSettings: settings),
        .testTarget(
            name: "ReportingTests",
            dependencies: [
                "Reporting", "Diagnosis", "Simulation", "Measurement", "PerfEvents", "Workloads", system,
            ],
            swiftSettings: settings),
        .testTarget(
            name: "GuestLabTests", dependencies: ["CPerf", "PerfEvents"], path: "Tests/GuestLab",
            exclude: ["README.md", "Agreement", "Lab", "Payload", "Proof"],
            swiftSettings: settings),
    ]
)
