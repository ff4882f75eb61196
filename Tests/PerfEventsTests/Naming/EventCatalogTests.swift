import Glibc
import TestSupport
import Testing

@testable import PerfEvents

/// The variables would reach the tests' own processes too.
let isLibpfmUntouched = EventCatalog.environment.isEmpty

@Suite("libpfm4's names", .enabled(if: isLibpfmUntouched, "LIBPFM_… variables change what libpfm4 says"))
struct EventCatalogTests {
    @Test("The generic events of perf encode to the kernel's numbers")
    func generic() throws {
        let catalog = try EventCatalog()
        let instructions = try catalog.encode("perf::INSTRUCTIONS")
        #expect(instructions.event == Event(type: 0, config: 1))
        #expect(instructions.canonicalName == "perf::PERF_COUNT_HW_INSTRUCTIONS")
        #expect(instructions.pmu == "perf" && instructions.pmuIsPresent)
        #expect(try catalog.encode("page-faults:u").event == Event(type: 1, config: 2))
    }

    @Test("libpfm4 is not begun where it would write through a null pointer: if /proc/mounts opens and cannot be read")
    func unreadableMounts() throws {
        // A folder opens, and reading it fails.
        let unreadable = try FixtureTree(["/proc/mounts/file": ""])
        #expect(EventCatalog.State.refusal(unreadable.files)?.code == .libraryUnavailable)
        for fine in [["/proc/mounts": "proc /proc proc rw 0 0"], ["/proc/version": "Linux"]] {
            #expect(EventCatalog.State.refusal(try FixtureTree(fine).files) == nil)
        }
    }

    @Test(
        "Raw codes are taken as they stand",
        arguments: [("r01c4", 0x01c4), ("R11C4", 0x11c4), ("r100000011c4", 0x100_0000_11c4)] as [(String, UInt64)])
    func raw(name: String, config: UInt64) throws {
        let catalog = try EventCatalog()
        #expect(try catalog.encode(name).event == Event(type: 4, config: config))
        #expect(try catalog.encode(name, pmuType: 10).event == Event(type: 10, config: config))
    }

    @Test(
        "A modifier that would count others than user space is refused, also mg=0, which libpfm4 takes for mg=1",
        arguments: [
            "instructions:k", "instructions:u:k", "instructions:mg=0", "instructions:mh", "instructions.K=1",
            "instructions:u=0",
        ])
    func scope(name: String) throws {
        let catalog = try EventCatalog()
        let error = #expect(throws: EventNameError.self) { try catalog.encode(name) }
        #expect(error?.code == .scopeModifier)
    }

    @Test("A mistyped name gets the names close to it")
    func nearNames() throws {
        let catalog = try EventCatalog()
        let error = #expect(throws: EventNameError.self) { try catalog.encode("perf::INSTRUCTINS") }
        #expect(error?.code == .unknownEvent)
        #expect(error?.nearNames.first == "INSTRUCTIONS")
        let pmu = #expect(throws: EventNameError.self) { try catalog.encode("sky::BR_INST_RETIRED") }
        #expect(pmu?.code == .unknownPMU)
        #expect(pmu?.nearNames.contains("skl") == true)
    }

    @Test(
        "What is no name is refused without a crash",
        arguments: ["", ",", "a,b", ":", "::", "r", "x::", "::x", "perf::", "///", "a//", "cpu_nowhere/r1/"])
    func malformed(name: String) throws {
        let catalog = try EventCatalog()
        let error = #expect(throws: EventNameError.self) { try catalog.encode(name) }
        #expect(error?.advice.isEmpty == false)
    }

    @Test("The PMUs of absent CPUs are listed, with their events and unit masks")
    func listing() throws {
        let catalog = try EventCatalog()
        let skylake = try #require(catalog.pmus.first { $0.name == "skl" })
        #expect(skylake.kind == .core && skylake.generalCounters == 8)
        let events = catalog.events(of: skylake)
        #expect(events.count == skylake.events)
        let branches = try #require(events.first { $0.name == "BR_INST_RETIRED" })
        #expect(branches.code == 0xc4)
        let attributes = catalog.attributes(of: branches)
        #expect(attributes.contains { $0.name == "CONDITIONAL" && $0.kind == .unitMask })
        #expect(attributes.first { $0.isDefault && $0.kind == .unitMask }?.name != "CONDITIONAL")
    }

    @Test("Every PMU lists as many events as it says")
    func everyEvent() throws {
        let catalog = try EventCatalog()
        for pmu in catalog.pmus where pmu.kind == .core {
            #expect(catalog.events(of: pmu).count == pmu.events, "\(pmu.name)")
        }
    }

    @Test("A forced PMU that does not exist leaves libpfm4 without any: names fail, raw codes work")
    func forcedTypingError() async {
        await #expect(processExitsWith: .success) {
            setenv("LIBPFM_FORCE_PMU", "typo", 1)
            let catalog = try EventCatalog()
            #expect(EventCatalog.environment == ["LIBPFM_FORCE_PMU": "typo"])
            #expect(catalog.pmus.filter(\.isPresent).isEmpty)
            let error = #expect(throws: EventNameError.self) { try catalog.encode("perf::INSTRUCTIONS") }
            #expect(error?.reason.contains("LIBPFM_FORCE_PMU=typo") == true)
            #expect(throws: EventNameError.self) { try catalog.encode("instructions") }
            #expect(try catalog.encode("r01c4").event.config == 0x01c4)
        }
    }

    @Test("A name of an absent CPU is refused as that, not as unknown")
    func absent() throws {
        let catalog = try EventCatalog()
        let pmu = try #require(catalog.pmus.first { $0.kind == .core && !$0.isPresent })
        let event = try #require(catalog.events(of: pmu).first)
        let error = #expect(throws: EventNameError.self) { try catalog.encode("\(pmu.name)::\(event.name)") }
        #expect(error?.code == .absentPMU)
    }

    @Test("Where LIBPFM_FORCE_PMU hides all other PMUs, the error says so")
    func forced() async {
        await #expect(processExitsWith: .success) {
            setenv("LIBPFM_FORCE_PMU", "snb", 1)
            let catalog = try EventCatalog()
            #expect(try catalog.encode("BR_INST_RETIRED:CONDITIONAL").event.config == 0x01c4)
            let error = #expect(throws: EventNameError.self) { try catalog.encode("skl::BR_INST_RETIRED:CONDITIONAL") }
            #expect(error?.code == .unknownPMU)
            #expect(error?.reason.contains("LIBPFM_FORCE_PMU=snb") == true)
        }
    }

    @Test("A name of an absent CPU is encoded if libpfm4 is told to do so")
    func inactive() async {
        await #expect(processExitsWith: .success) {
            setenv("LIBPFM_ENCODE_INACTIVE", "1", 1)
            let catalog = try EventCatalog()
            let encoded = try catalog.encode("skl::BR_INST_RETIRED:CONDITIONAL")
            #expect(encoded.event == Event(type: 4, config: 0x01c4))
            #expect(encoded.canonicalName == "skl::BR_INST_RETIRED:CONDITIONAL:e=0:i=0:c=0:t=0:intx=0:intxcp=0")
            #expect(try catalog.encode("icl::BR_INST_RETIRED:COND_TAKEN").event.config == 0x01c4)
            let error = #expect(throws: EventNameError.self) { try catalog.encode("skl::BR_INST_RETIRED:CONDITIONL") }
            #expect(error?.code == .unknownAttribute)
            #expect(error?.nearNames == ["CONDITIONAL"])
        }
    }

    @Test("perf's form of a sysfs event places each term in its bits")
    func sysfsTerms() throws {
        let device = "/sys/bus/event_source/devices/cpu_core"
        let tree = try FixtureTree([
            "\(device)/type": "4", "\(device)/format/event": "config:0-7",
            "\(device)/format/umask": "config:8-15,40-47", "\(device)/format/ldlat": "config1:0-15",
            "\(device)/format/far": "config3:0-7",
        ])
        let catalog = try EventCatalog(files: tree.files)
        #expect(try catalog.encode("cpu_core/event=0xc4,umask=0x111/").event.config == 0x100_0000_11c4)
        #expect(try catalog.encode("cpu_core/r11c4/u").event == Event(type: 4, config: 0x11c4))
        #expect(try catalog.encode("cpu_core/config=0xc4,ldlat=3/").event == Event(type: 4, config: 0xc4, config1: 3))
        let wrongNames = [
            "cpu_core/umsk=1/", "cpu_core/event=0x100/", "cpu_core/event=x/", "cpu_core/r1/k", "cpu_cor/r1/",
            "cpu_core/far=1/",
        ]
        for wrong in wrongNames {
            #expect(throws: EventNameError.self, "\(wrong)") { try catalog.encode(wrong) }
        }
    }

    @Test("libpfm4 is used from many tasks at once")
    func concurrency() async throws {
        let catalog = try EventCatalog()
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<64 {
                group.addTask { (try? catalog.encode("perf::BRANCHES").event) == Event(type: 0, config: 4) }
            }
            for await isRight in group { #expect(isRight) }
        }
    }
}
