import TestSupport
import Testing

@testable import PerfEvents

@Suite("What decides whether an event may be opened")
struct PermissionFactsTests {
    @Test("is read from the kernel's files")
    func files() throws {
        let tree = try FixtureTree([
            "/proc/self/status": "Name:\ta: b\nCapInh:\t0\nCapEff:\t0000004000000000\nSeccomp:\t2\nSeccomp_filters:\t1",
            "/proc/sys/kernel/perf_event_paranoid": "4", "/proc/sys/kernel/perf_event_mlock_kb": "516",
            "/sys/devices/system/cpu/online": "0-2,4", "\(PMUDevice.folder)/cpu/type": "4",
        ])
        let facts = PermissionFacts.of(files: tree.files)
        #expect(facts.limits == PerfLimits(perfEventParanoid: 4, perfEventMlockKB: 516))
        #expect(facts.onlineCPUs == CPUList("0-2,4") && facts.corePMUs == ["cpu"])
        #expect(facts.hasPerformanceMonitoring && !facts.hasSystemAdministration)
        #expect(facts.isFiltered && facts.deniesEveryone)
    }

    @Test("claims no right where nothing can be read")
    func absent() throws {
        let facts = PermissionFacts.of(files: try FixtureTree([:]).files)
        #expect(facts.limits == PerfLimits() && facts.onlineCPUs == nil && facts.corePMUs.isEmpty)
        #expect(!facts.hasPerformanceMonitoring && !facts.isFiltered && !facts.deniesEveryone)
    }

    @Test(
        "A capability is known only where the status says so",
        arguments: [
            ("CapEff:\t0000000000200000", true), ("CapEff:\t0000004000000000", false), ("CapEff:\tnone", nil),
            ("CapPrm:\t0000000000200000", nil), ("", nil),
        ])
    func capabilities(status: String, expected: Bool?) {
        #expect(ProcessStatus(text: status).has(.systemAdministration) == expected)
    }
}
