import CPerf
import Glibc
import Testing

@testable import Workloads

/// What the positive control builds on: an overflow stops the child, the counter is disabled, a known number of
/// executions passes one instruction at a time, the counter is enabled again.
@Suite("A loss can be planted to the last count")
struct PlantedLossTests {
    static let iterations: UInt64 = 500
    static let period: UInt64 = 40

    @Test("A counter that is disabled during k executions at each overflow counts k less", arguments: [0, 1, 2, 7])
    func plants(loss: UInt64) throws {
        for name in ["tight-loop", "system-calls", "calls-and-jumps"] {
            let workload = try #require(Workload.named(name))
            var child = try TracedChild(workload: workload, iterations: Self.iterations)
            let sampler = try BreakpointCounter(
                at: workload.site, process: child.processID, period: Self.period)
            let counter = try BreakpointCounter(at: workload.site, process: child.processID)
            child.window.pointee.sampler = Int64(sampler.descriptor)
            child.window.pointee.counter = Int64(counter.descriptor)
            var overflows: UInt64 = 0
            var planted: UInt64 = 0
            try child.resume()
            while true {
                let stop = try child.wait()
                if stop == .exited(status: 0) { break }
                try #require(stop == .stopped(signal: SIGIO))
                overflows += 1
                let position = try workload.sitePosition(
                    iterations: Self.iterations, registers: child.registers())
                // The signal may come some executions late, the overflow not.
                #expect(try #require(position) >= overflows * Self.period + planted)
                planted += try plant(loss, in: &child, workload, counter: counter, sampler: sampler)
                try child.resume()
            }
            #expect(child.window.pointee.results == (0, 0, 0, 0))
            // The sampler is off during the loss, too, so its overflows come later by as much.
            #expect(planted == loss * overflows)
            #expect(try counter.value() == Self.iterations - planted)
            #expect(try sampler.value() == Self.iterations - planted)
            #expect(overflows == (Self.iterations - planted) / Self.period)
        }
    }

    /// The executions that passed while both counters were disabled.
    private func plant(
        _ loss: UInt64, in child: inout TracedChild, _ workload: Workload, counter: borrowing BreakpointCounter,
        sampler: borrowing BreakpointCounter
    ) throws -> UInt64 {
        // At the site itself the present execution is counted already, or will be by this step: either way it is once.
        _ = try step(&child, workload)
        try counter.disable()
        try sampler.disable()
        var passed: UInt64 = 0
        while passed < loss {
            if try step(&child, workload) { passed += 1 }
        }
        try counter.enable()
        try sampler.enable()
        return passed
    }

    /// Whether the step executed the site.
    private func step(_ child: inout TracedChild, _ workload: Workload) throws -> Bool {
        let wasAtSite = try child.registers().instructionPointer == UInt64(workload.site)
        try child.step()
        try #require(try child.wait() == .stopped(signal: SIGTRAP))
        return wasAtSite
    }
}
