import CPerf
import Glibc
import PerfEvents
import SystemPackage
import Testing
import Workloads

@testable import Measurement

@Suite("A window is believed only if each of its system calls succeeded")
struct WindowCheckTests {
    /// What a run with those events leaves in its window, before it is checked.
    private func checked(counter: Int32, sampler: Int32?) throws {
        let workload = try #require(Workload.named("tight-loop"))
        let window = try WorkloadWindow()
        window.pointer.pointee.prepare(counter: counter, sampler: sampler)
        workload.run(window: window.pointer, iterations: 3)
        try checkWindow(window.pointer.pointee)
    }

    private func dummy() throws -> Counter {
        try Counter(EventAttributes(event: .software(.dummy)))
    }

    /// Nobody's: nr_open cannot be raised so far.
    private static let noDescriptor = Int32.max

    @Test("Of one event, and of two")
    func succeeds() throws {
        let counter = try dummy()
        let sampler = try dummy()
        try checked(counter: counter.descriptor, sampler: nil)
        try checked(counter: counter.descriptor, sampler: sampler.descriptor)
    }

    @Test("A refused call is an error that names it")
    func refused() throws {
        let event = try dummy()
        for (counter, sampler, step) in [
            (Self.noDescriptor, nil, "enabling the counter"),
            (Self.noDescriptor, event.descriptor, "enabling the counter"),
            (event.descriptor, Self.noDescriptor, "enabling the sampler"),
        ] as [(Int32, Int32?, String)] {
            #expect {
                try checked(counter: counter, sampler: sampler)
            } throws: { error in
                guard case MeasurementError.window(let named, .badFileDescriptor) = error else { return false }
                return named == step
            }
        }
    }

    @Test("Each call is looked at, and one that was not made is no success", arguments: 0..<4)
    func each(call: Int) throws {
        let window = try WorkloadWindow()
        for result in [-Int64(EINVAL), .max] {
            var results: [Int64] = [0, 0, 0, 0]
            results[call] = result
            window.pointer.pointee.prepare(counter: 3, sampler: 4)
            window.pointer.pointee.results = (results[0], results[1], results[2], results[3])
            #expect(throws: MeasurementError.self) { try checkWindow(window.pointer.pointee) }
        }
    }

    @Test("A sampler without a period, alone, is nothing to count with")
    func nothing() throws {
        let workload = try #require(Workload.named("tight-loop"))
        let cpu = KernelBenchTests.cpu
        var bench = try KernelBench(CountedEvents(.breakpoint), cpu: cpu)
        let plan = RunPlan(probe: "test", workload: workload, iterations: 3, arm: .samplerTotal, cpu: cpu)
        #expect {
            _ = try bench.run(plan)
        } throws: { error in
            guard case MeasurementError.implausible = error else { return false }
            return true
        }
    }
}
