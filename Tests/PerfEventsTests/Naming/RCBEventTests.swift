import Glibc
import TestSupport
import Testing

@testable import PerfEvents

@Suite("The event of a core")
struct RCBEventTests {
    private static let devices = "/sys/bus/event_source/devices"

    private func event(_ texts: [String: String], cpu: Int = 0) throws -> RCBEvent {
        let tree = try FixtureTree(texts)
        return try RCBEvent.ofCore(cpu: cpu, Cores(files: tree.files), catalog: nil)
    }

    @Test("A Skylake's event is raw and named as Intel names it")
    func skylake() throws {
        let event = try event([
            "/proc/cpuinfo": processorInformation(vendor: "GenuineIntel", family: 6, model: 94),
            "\(Self.devices)/cpu/type": "4",
        ])
        #expect(event.event == Event(type: 4, config: 0x01c4))
        #expect(event.name == "BR_INST_RETIRED.CONDITIONAL (r01c4)")
        #expect(event.counts == .conditional && event.skidLimit == 100 && event.pmuName == "cpu")
    }

    private func lunarLake(umask: String) -> [String: String] {
        [
            "/proc/cpuinfo": (0..<8).map {
                processorInformation(vendor: "GenuineIntel", family: 6, model: 0xbd, cpu: $0)
            }.joined(separator: "\n\n"),
            "\(Self.devices)/cpu_core/type": "4",
            "\(Self.devices)/cpu_core/cpus": "0-3",
            "\(Self.devices)/cpu_core/format/umask": umask,
            "\(Self.devices)/cpu_atom/type": "10",
            "\(Self.devices)/cpu_atom/cpus": "4-7",
            "\(Self.devices)/cpu_atom/format/umask": "config:8-15",
        ]
    }

    @Test("Each core of a hybrid CPU gets the event and the PMU of its type")
    func hybrid() throws {
        let tree = lunarLake(umask: "config:8-15,40-47")
        #expect(try event(tree, cpu: 2).event == Event(type: 4, config: 0x100_0000_11c4))
        let atom = try event(tree, cpu: 5)
        #expect(atom.event == Event(type: 10, config: 0x7ec4))
        #expect(atom.coreType == "atom" && atom.pmuName == "cpu_atom")
    }

    @Test("A kernel that drops the second unit mask is refused on Lunar Lake's performance cores only")
    func oldKernel() throws {
        let tree = lunarLake(umask: "config:8-15")
        let error = #expect(throws: EventNameError.self) { try event(tree, cpu: 0) }
        #expect(error?.code == .kernelTooOld)
        #expect(error?.description.contains("6.11") == true)
        #expect(try event(tree, cpu: 4).event.config == 0x7ec4)
    }

    @Test("All core types of a machine are listed once each")
    func allCoreTypes() throws {
        let tree = try FixtureTree(lunarLake(umask: "config:8-15,40-47"))
        let events = try RCBEvent.ofAllCoreTypes(Cores(files: tree.files), catalog: nil)
        #expect(events.map(\.coreType) == ["core", "atom"])
    }

    @Test("An unknown CPU is an error that names it and the way out")
    func unknown() throws {
        let error = #expect(throws: EventNameError.self) {
            try event(["/proc/cpuinfo": processorInformation(vendor: "GenuineIntel", family: 6, model: 250)])
        }
        #expect(error?.code == .unknownCPU)
        #expect(error?.description.contains("Intel 06-fa-03") == true)
        #expect(error?.description.contains("--event") == true)
    }

    @Test("A CPU without an exact event is refused with the reason")
    func unsupported() {
        let error = #expect(throws: EventNameError.self) {
            try event(["/proc/cpuinfo": processorInformation(vendor: "AuthenticAMD", family: 0x15, model: 2)])
        }
        #expect(error?.code == .unsupportedCPU)
        #expect(error?.reason.contains("interrupt") == true)
    }

    @Test("A CPU that is not in /proc/cpuinfo is an error of its own")
    func offline() {
        let error = #expect(throws: EventNameError.self) {
            try event(["/proc/cpuinfo": processorInformation(vendor: "GenuineIntel", family: 6, model: 94)], cpu: 9)
        }
        #expect(error?.code == .noProcessorInformation)
    }

    @Test("Arm cores use the PMU that has them, by its own number")
    func arm() throws {
        let block = "processor : 0\nCPU implementer : 0x41\nCPU part : 0xd0c"
        let event = try event([
            "/proc/cpuinfo": block, "\(Self.devices)/armv8_pmuv3_0/type": "8",
            "\(Self.devices)/armv8_pmuv3_0/cpus": "0-3",
        ])
        #expect(event.event == Event(type: 8, config: 0x21))
        #expect(event.counts == .takenBranches)
    }

    @Test("A core type without an exact event does not hide the one that has it")
    func littleCores() throws {
        let tree = try FixtureTree([
            "/proc/cpuinfo": """
            processor : 0
            CPU implementer : 0x41
            CPU part : 0xd05

            processor : 4
            CPU implementer : 0x41
            CPU part : 0xd0b
            """,
            "\(Self.devices)/armv8_cortex_a55/type": "8", "\(Self.devices)/armv8_cortex_a55/cpus": "0-3",
            "\(Self.devices)/armv8_cortex_a76/type": "9", "\(Self.devices)/armv8_cortex_a76/cpus": "4-7",
        ])
        let events = try RCBEvent.ofAllCoreTypes(Cores(files: tree.files), catalog: nil)
        #expect(events.map(\.event) == [Event(type: 9, config: 0x21)])
    }

    @Test("Where Linux hides the core type, a note says so")
    func hiddenCoreType() throws {
        let event = try event(["/proc/cpuinfo": processorInformation(vendor: "GenuineIntel", family: 6, model: 0x97)])
        #expect(event.event.config == 0x11c4)
        #expect(event.notes.contains { $0.contains("core type") })
    }

    @Test("A raw code typed by a person goes to the PMU of that core, and is recognised with rr's extra bits")
    func named() throws {
        let tree = try FixtureTree(lunarLake(umask: "config:8-15,40-47"))
        let own = try RCBEvent.named("r517ec4", cpu: 6, files: tree.files)
        #expect(own.event == Event(type: 10, config: 0x51_7ec4))
        #expect(own.skidLimit == 100 && own.coreType == "atom")
        let other = try RCBEvent.named("r00c4", cpu: 6, files: tree.files)
        #expect(other.skidLimit == nil && !other.notes.isEmpty)
    }

    @Test("An event of a core type is refused on CPUs of another one, where it would never count")
    func otherCoreType() throws {
        let tree = try FixtureTree(lunarLake(umask: "config:8-15,40-47"))
        #expect(try RCBEvent.named("cpu_atom/umask=0x7e/", cpu: 6, files: tree.files).pmuName == "cpu_atom")
        let error = #expect(throws: EventNameError.self) {
            try RCBEvent.named("cpu_atom/umask=0x7e/", cpu: 0, files: tree.files)
        }
        #expect(error?.code == .otherCPUs && error?.reason.contains("cpu_atom counts on CPUs 4-7, and CPU 0") == true)
    }

    @Test(
        "libpfm4's name is taken where it agrees with the table, and the table's code where it does not",
        .enabled(if: isLibpfmUntouched))
    func selection() async {
        await #expect(processExitsWith: .success) {
            setenv("LIBPFM_FORCE_PMU", "skl", 1)
            let skylake = try FixtureTree([
                "/proc/cpuinfo": processorInformation(vendor: "GenuineIntel", family: 6, model: 94)
            ])
            let agreed = try RCBEvent.ofCore(cpu: 0, Cores(files: skylake.files), catalog: EventCatalog())
            #expect(agreed.name == "BR_INST_RETIRED:CONDITIONAL (r01c4)")
            #expect(agreed.canonicalName.hasPrefix("skl::BR_INST_RETIRED:CONDITIONAL:"))
            // A model of libpfm4 that is not this CPU's: its COND is another code.
            let iceLake = try FixtureTree([
                "/proc/cpuinfo": processorInformation(vendor: "GenuineIntel", family: 6, model: 0x7e)
            ])
            let table = try RCBEvent.ofCore(cpu: 0, Cores(files: iceLake.files), catalog: EventCatalog())
            #expect(table.event.config == 0x11c4)
            #expect(table.notes.contains { $0.contains("r01c4") })
        }
    }
}
