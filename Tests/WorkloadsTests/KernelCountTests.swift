import CPerf
import Glibc
import Testing

@testable import Workloads

@Suite("The kernel counts what the workloads promise")
struct KernelCountTests {
    @Test("Each site is executed once per iteration", arguments: Workload.all.map(\.name))
    func sites(name: String) throws {
        let workload = try #require(Workload.named(name))
        let window = try WorkloadWindow()
        let counter = try BreakpointCounter(at: workload.site)
        let sampler = try BreakpointCounter(at: workload.secondSite)
        window.pointer.pointee.prepare(counter: counter.descriptor, sampler: sampler.descriptor)
        workload.run(window: window.pointer, iterations: 33)
        #expect(window.pointer.pointee.results == (0, 0, 0, 0))
        #expect(try counter.value() == 33)
        #expect(try sampler.value() == 33)
        // And without the sampler, in the same window.
        window.pointer.pointee.prepare(counter: counter.descriptor)
        workload.run(window: window.pointer, iterations: 10)
        #expect(window.pointer.pointee.results == (cperf_window.unwritten.0, 0, 0, cperf_window.unwritten.3))
        #expect(try counter.value() == 43)
        #expect(try sampler.value() == 33)
    }

    @Test("It faults as often as each closed form says, and no more", arguments: Workload.all.map(\.name))
    func pageFaults(name: String) throws {
        let workload = try #require(Workload.named(name))
        let window = try WorkloadWindow()
        // The first run faults in what else the routine touches.
        workload.run(window: window.pointer, iterations: 1)
        // Single steps cannot show a fault, but the kernel counts them. It may take a page away at any time, so some
        // run of several must be undisturbed.
        let faults = (0..<5).map { _ in
            let before = minorFaults()
            workload.run(window: window.pointer, iterations: 500)
            return minorFaults() - before
        }
        #expect(faults.min() == Int(workload.triggers(iterations: 500).pageFaults))
    }

    private func minorFaults() -> Int {
        var usage = rusage()
        // RUSAGE_THREAD, a macro that Swift does not import: other tests fault at the same time.
        getrusage(1, &usage)
        return usage.ru_minflt
    }

    @Test("The window's memory starts without events, and with a page for the workload")
    func window() throws {
        let window = try WorkloadWindow()
        #expect(window.pointer.pointee.sampler == -1 && window.pointer.pointee.counter == -1)
        #expect(window.pointer.pointee.results == cperf_window.unwritten)
        #expect(UInt(bitPattern: window.pointer.pointee.memory) % UInt(sysconf(Int32(_SC_PAGESIZE))) == 0)
    }
}
