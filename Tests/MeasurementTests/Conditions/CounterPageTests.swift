import CPerf
import Glibc
import PerfEvents
import Testing
import Workloads

@Suite("A counter is read from user space only where its page allows it")
struct CounterPageTests {
    @Test("A breakpoint's page forbids it, enabled or not")
    func breakpoint() throws {
        let workload = try #require(Workload.named("tight-loop"))
        let counter = try Counter(EventAttributes(event: .breakpoint(executing: workload.site)))
        let page = try CounterPage(of: counter)
        #expect(throws: CounterPage.Obstacle.self) { try page.read().get() }
        try counter.enable()
        #expect(throws: CounterPage.Obstacle.self) { try page.read().get() }
    }

    /// `cap_user_rdpmc` is bit 2 of the capabilities (linux/perf_event.h). No instruction is executed in any of these.
    @Test("The instruction is executed only with permission and an index, on a page that stands still")
    func pages() {
        #if arch(x86_64)
            var reading = cperf_user_reading()
            var page = perf_event_mmap_page()
            page.index = 1
            page.pmc_width = 48
            #expect(cperf_counter_read(&page, &reading) == -EOPNOTSUPP)
            page.capabilities = 1 << 2
            page.index = 0
            #expect(cperf_counter_read(&page, &reading) == -ENODATA)
            page.index = 1
            page.pmc_width = 0
            #expect(cperf_counter_read(&page, &reading) == -EOPNOTSUPP)
        #endif
    }
}
