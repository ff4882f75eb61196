import TestSupport
import Testing

@testable import PerfEvents

@Suite("The kernel's PMUs")
struct PMUDeviceTests {
    private func devices(_ files: [String: String]) throws -> FixtureTree {
        try FixtureTree(Dictionary(uniqueKeysWithValues: files.map { ("\(PMUDevice.folder)/\($0)", $1) }))
    }

    @Test("of a hybrid CPU are told from its uncore and from the kernel's own")
    func hybrid() throws {
        let tree = try devices([
            "cpu_core/type": "4", "cpu_core/cpus": "0-15", "cpu_core/caps/branches": "32",
            "cpu_core/format/event": "config:0-7", "cpu_core/format/umask": "config:8-15,40-47",
            "cpu_core/format/frontend": "config1:0-23", "cpu_core/events/branch-misses": "event=0xc5",
            "cpu_atom/type": "10", "cpu_atom/cpus": "16-23",
            "uncore_imc_0/type": "17", "uncore_imc_0/cpumask": "0",
            "software/type": "1", "breakpoint/type": "5",
            "broken/type": "many", "empty/events/none": "",
        ])
        let all = PMUDevice.all(root: tree.root)
        #expect(all.map(\.name) == ["breakpoint", "cpu_atom", "cpu_core", "software", "uncore_imc_0"])
        let core = PMUDevice.corePMUs(root: tree.root)
        #expect(core.map(\.name) == ["cpu_atom", "cpu_core"])
        #expect(core.map(\.type) == [10, 4])
        #expect(core[0].serves(cpu: 16) && !core[0].serves(cpu: 15) && core[1].serves(cpu: 15))
        #expect(core[1].capabilities == ["branches": "32"])
        #expect(core[1].events == ["branch-misses": "event=0xc5"])
        #expect(core[1].formats["umask"]?.encode(0x111) == 0x100_0000_1100)
        #expect(core[1].formats["event"]?.encode(0x1c4) == nil)
        #expect(core[1].formats["frontend"]?.word == 1)
        #expect(all[4].cpuMask == CPUList("0") && !all[4].isCore && !all[4].serves(cpu: 0))
    }

    @Test("of one kind of core serve every CPU; Arm's are known by their CPUs")
    func homogeneous() throws {
        let tree = try devices([
            "cpu/type": "4", "armv8_pmuv3_0/type": "8", "armv8_pmuv3_0/cpus": "0-3", "msr/type": "9",
        ])
        let core = PMUDevice.corePMUs(root: tree.root)
        #expect(core.map(\.name) == ["armv8_pmuv3_0", "cpu"])
        #expect(core[1].serves(cpu: 1000))
        #expect(PMUDevice(name: "cpu", root: tree.root)?.type == 4)
        #expect(PMUDevice(name: "gpu", root: tree.root) == nil)
        #expect(PMUDevice.ofCore(cpu: 2, files: tree.files)?.name == "armv8_pmuv3_0")
        #expect(PMUDevice.ofCore(cpu: 4, files: tree.files)?.name == "cpu")
    }

    @Test("of a kernel without perf are none")
    func none() {
        #expect(PMUDevice.all(root: "/nonexistent").isEmpty)
    }

    @Test("of the running kernel have the numbers that the kernel's interface fixes")
    func running() {
        let types = Dictionary(uniqueKeysWithValues: PMUDevice.all().map { ($0.name, $0.type) })
        #expect(types["software"] == 1)
        #expect(types["tracepoint"] ?? 2 == 2)
        #expect(types["breakpoint"] ?? 5 == 5)
    }

    @Test(
        "CPU lists are read as the kernel writes them",
        arguments: [
            ("0-3,8", "0-3,8", 5), ("0", "0", 1), ("", "", 0), ("\n", "", 0), ("0-1,2-3\n", "0-3", 4),
            ("8,0-3", "0-3,8", 5), ("0-4,2-3", "0-4", 5), ("0-2147483647", "0-2147483647", 2_147_483_648),
        ])
    func cpuLists(text: String, canonical: String, count: Int) throws {
        let list = try #require(CPUList(text))
        #expect(list.description == canonical)
        #expect(list.count == count)
        #expect(list.isEmpty == (count == 0))
        #expect(list.contains(8) == (text.contains("8,") || text.contains(",8") || count > 100))
    }

    @Test(
        "What is no CPU list is none",
        arguments: [
            "a", "1-", "-1", "3-1", "1,,2", ",", "1-2-3", "0x1", "+1", "99999999999999999999", "1 2",
        ])
    func noLists(text: String) {
        #expect(CPUList(text) == nil)
    }

    @Test(
        "What is no format is none",
        arguments: [
            "", "config", "config:", "config:64", "event:0-7", "configx:0", "config:0:1", "config-1:0",
        ])
    func noFormats(text: String) {
        #expect(PMUFormat(name: "event", text: text) == nil)
    }

    @Test("A format is written as the kernel writes it", arguments: ["config:0-7,32-35", "config1:1", "config2:0-63"])
    func formatText(text: String) {
        #expect(PMUFormat(name: "event", text: text)?.description == text)
    }

    @Test("A field as wide as its word takes every value, and bits have no order")
    func formatBits() {
        #expect(PMUFormat(name: "config", text: "config:0-63")?.encode(.max) == .max)
        #expect(PMUFormat(name: "umask", text: "config:40-47,8-15")?.encode(0x1ff) == 0x100_0000_ff00)
        #expect(
            PMUFormat(name: "umask", text: "config:8-15,40-47").map { [$0.covers(bit: 40), $0.covers(bit: 16)] } == [
                true, false,
            ])
    }

    @Test("A list of CPUs iterates over each once")
    func iteration() {
        #expect(CPUList("0-2,7").map { Array($0.cpus) } == [0, 1, 2, 7])
        #expect(CPUList([7, 0, 2, 1, 1]).description == "0-2,7")
        #expect(CPUList("7,3-4")?.first == 3 && CPUList("")?.first == nil)
    }
}
