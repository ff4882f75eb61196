import Foundation
import Testing

@testable import Workloads

/// valgrind executes the same machine code on a CPU of its own and counts branches there: an oracle that shares
/// nothing with single-stepping, neither the kernel's traps nor our reading of instruction bytes.
@Suite("valgrind agrees with the closed forms")
struct ValgrindOracleTests {
    static let valgrind = Tool("valgrind")
    static let clang = Tool("clang")

    /// Conditional branches that valgrind counts and no CPU retires, per iteration. Its translator turns each locked
    /// read-modify-write into a compare-and-swap and a conditional exit that tries again (casLE in VEX's
    /// guest_amd64_toIR.c), and callgrind counts every conditional exit. cmpxchg is a compare-and-swap already; the
    /// other five of the locked workload (add, inc, xadd, xchg, bts) count once too often.
    static let falseBranches: [String: UInt64] = ["locked": 5]

    /// In the routine, before its window: the branch that leaves out the enabling of a sampler.
    static let branchesBeforeWindow: UInt64 = 1

    @Test(
        "Conditional branches are equal, and so are the instructions of the iterations",
        .enabled(if: valgrind != nil, "valgrind is not installed"),
        .enabled(if: clang != nil, "clang, which builds the program to count in, is not on the search path"),
        .enabled(
            if: PackageSources.architecture == "x86_64",
            "what valgrind adds for locked instructions is known for x86-64 only"))
    func agrees() throws {
        let folder = try ScratchFolder()
        let program = try PackageSources.build("oracle.c", with: #require(Self.clang), in: folder.path)
        for workload in Workload.all {
            let few = try count(workload, iterations: 3, program: program, folder: folder.path)
            let many = try count(workload, iterations: 4200, program: program, folder: folder.path)
            let fewExpected = workload.figures(iterations: 3)
            let manyExpected = workload.figures(iterations: 4200)
            let added = Self.falseBranches[workload.name, default: 0]
            #expect(
                few.conditionalBranches - Self.branchesBeforeWindow == fewExpected.conditionalBranches + 3 * added,
                "\(workload.name)")
            #expect(
                many.conditionalBranches - Self.branchesBeforeWindow == manyExpected.conditionalBranches + 4200 * added,
                "\(workload.name)")
            // The routine's instructions outside the window are in both counts.
            #expect(
                many.instructions - few.instructions == manyExpected.instructions - fewExpected.instructions,
                "\(workload.name)")
        }
    }

    private struct Counts {
        var instructions: UInt64
        var conditionalBranches: UInt64
    }

    private func count(
        _ workload: Workload, iterations: UInt64, program: String, folder: String
    ) throws -> Counts {
        let file = "\(folder)/callgrind"
        let symbol = "cperf_" + workload.name.replacingOccurrences(of: "-", with: "_")
        let result = try #require(Self.valgrind).run([
            "--tool=callgrind", "--branch-sim=yes", "--toggle-collect=\(symbol)", "--callgrind-out-file=\(file)",
            program, workload.name, "\(iterations)",
        ])
        try #require(result.status == 0, "\(result.output)")
        let lines = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n")
        try #require(lines.contains("events: Ir Bc Bcm Bi Bim"))
        let summary = try #require(lines.first { $0.hasPrefix("summary: ") })
        let numbers = summary.split(separator: " ").dropFirst().compactMap { UInt64($0) }
        try #require(numbers.count >= 2)
        return Counts(instructions: numbers[0], conditionalBranches: numbers[1])
    }
}
