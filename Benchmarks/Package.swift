// swift-tools-version: 6.3
import PackageDescription

let package = Package(
    name: "Benchmarks",
    dependencies: [
        .package(name: "truecount", path: ".."),
        // Without its traits: the interposers replace malloc and swift_retain, whose cost is part of what is measured.
        .package(url: "https://github.com/ordo-one/benchmark", exact: "1.38.1", traits: []),
    ],
    targets: [
        .target(name: "BareC", path: "BareC"),
        // The plugin takes as a benchmark what lies directly in a folder named Benchmarks: this package's own.
        .executableTarget(
            name: "Figures",
            dependencies: [
                "BareC",
                .product(name: "PerfEvents", package: "truecount"),
                .product(name: "TrueCount", package: "truecount"),
                .product(name: "Benchmark", package: "benchmark"),
            ],
            path: "Figures",
            swiftSettings: [
                .swiftLanguageMode(.v6),
                .enableUpcomingFeature("ExistentialAny"),
                .enableExperimentalFeature("Lifetimes"),
            ],
            plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]),
    ]
)
