import CPerf
import Glibc
import Synchronization
import TestSupport
import Testing

@testable import Measurement

/// What can be said of it without a CPU that has the register; the guest lab does the rest (rows named "induced").
@Suite("A fault is induced only where it can be undone")
struct InducedFreezeTests {
    private static func processor(
        _ vendor: String?, canFreezeAMD: Bool? = nil, implementer: Int? = nil, cpu: Int = 3
    ) -> Machine.Processor {
        var processor = Machine.Processor(number: cpu, flags: [])
        (processor.vendor, processor.implementer) = (vendor, implementer)
        processor.performanceMonitoring = canFreezeAMD.map { Machine.PerformanceMonitoring(canFreezeAMD: $0) }
        return processor
    }

    private static let intel = processor("GenuineIntel")
    private static let zen4 = processor("AuthenticAMD", canFreezeAMD: true)

    /// Zen 3 has no leaf 8000_0022, and under KVM Zen 4 has it without the bit.
    private static let unable = [
        (processor("AuthenticAMD"), "8000_0022 EAX[2]"),
        (processor("AuthenticAMD", canFreezeAMD: false), "8000_0022 EAX[2]"),
        (processor("HygonGenuine"), "8000_0022 EAX[2]"), (processor(nil, implementer: 0x41), "PMCR_EL0.FZO"),
        (processor("CentaurHauls"), "this CPU is CentaurHauls"), (processor(nil), "of an unknown vendor"),
    ]

    @Test("A CPU without the bit is refused before anything is opened, with the reason", arguments: unable)
    func withoutBit(processor: Machine.Processor, reason: String) {
        for attempt in [{ _ = try InducedFreeze.control(of: processor) }, { _ = try InducedFreeze(processor) }] {
            let error = #expect(throws: InductionError.self) { try attempt() }
            #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
        }
    }

    @Test(
        "The bit has its vendor's name",
        arguments: [
            (intel, "IA32_DEBUGCTL (0x1d9)", "FREEZE_PERFMON_ON_PMI"), (zen4, "DebugCtl (0x1d9)", "FPMCI"),
        ])
    func names(processor: Machine.Processor, register: String, bit: String) throws {
        let control = try InducedFreeze.control(of: processor)
        #expect(control.registerWithNumber == register && control.bit == bit)
        let tree = try tree(0)
        #expect(try InducedFreeze(processor, root: tree.root).restore().register == register)
    }

    @Test(
        "Without the msr driver the next step is to load it",
        .enabled(if: access("/dev/cpu/0/msr", F_OK) != 0, "this machine has the msr driver"))
    func noDriver() {
        #expect {
            _ = try InducedFreeze(Self.processor("GenuineIntel", cpu: 0))
        } throws: { error in
            "\(error)".contains("modprobe msr")
        }
    }

    /// A file whose content at the register's number is its value, as the msr driver has it.
    private func tree(_ value: UInt64) throws -> FixtureTree {
        let tree = try FixtureTree(["/dev/cpu/3/msr": ""])
        let descriptor = open(tree.root + "/dev/cpu/3/msr", O_WRONLY)
        defer { close(descriptor) }
        var value = value
        try #require(pwrite(descriptor, &value, 8, off_t(ModelSpecificRegister.debugControl.rawValue)) == 8)
        return tree
    }

    private func value(_ tree: FixtureTree) throws -> UInt64 {
        try ModelSpecificRegisters(cpu: 3, root: tree.root).read(.debugControl)
    }

    @Test("The bit is set for as long as the value lives, and put back by restoring it or by letting it go")
    func lifetime() throws {
        let tree = try tree(0x4000)
        let freeze = try InducedFreeze(Self.intel, root: tree.root)
        #expect(freeze.before == 0x4000 && freeze.during == 0x5000)
        #expect(try value(tree) == 0x5000)
        #expect(freeze.restore().restored)
        #expect(try value(tree) == 0x4000)
        let second = try InducedFreeze(Self.intel, root: tree.root)
        #expect(try value(tree) == 0x5000)
        _ = consume second
        #expect(try value(tree) == 0x4000)
    }

    /// Linux sets bit 11 of AMD's register while branch stacks are taken (amd_pmu_lbr_enable_all()), and may change it
    /// meanwhile.
    @Test("Other bits are kept as they are, also where they change meanwhile")
    func otherBits() throws {
        let tree = try tree(1 << 11)
        let freeze = try InducedFreeze(Self.zen4, root: tree.root)
        #expect(freeze.before == 1 << 11 && freeze.during == 1 << 11 | 1 << 12)
        let registers = try ModelSpecificRegisters(cpu: 3, root: tree.root, forWriting: true)
        try registers.write(1 << 12 | 1, to: .debugControl)
        #expect(freeze.restore().restored)
        #expect(try value(tree) == 1)
    }

    @Test("A write that fails is called a write, of that register")
    func refusedWrite() throws {
        let tree = try tree(0)
        let path = tree.root + "/dev/cpu/3/msr"
        // Reads as zeros, and takes nothing (full(4)).
        try #require(unlink(path) == 0 && symlink("/dev/full", path) == 0)
        let error = #expect(throws: InductionError.self) {
            _ = try InducedFreeze(Self.intel, root: tree.root)
        }
        #expect(
            error?.description.hasPrefix(
                "inducing freeze-on-pmi: write MSR 0x1d9 of /dev/cpu/3/msr: No space left on device; ") == true)
    }

    /// Locks that another thread holds at a fork(3) are never released in the child, and its handlers may want them.
    @Test("The guard is started without the handlers of pthread_atfork(3)")
    func noForkHandlers() throws {
        // Other tests may fork at the same time, on threads of their own.
        try #require(pthread_atfork({ lastForkingThread.store(cperf_thread_id(), ordering: .relaxed) }, nil, nil) == 0)
        let tree = try tree(0)
        #expect(try InducedFreeze(Self.intel, root: tree.root).restore().restored)
        #expect(lastForkingThread.load(ordering: .relaxed) != cperf_thread_id())
    }
}

private let lastForkingThread = Atomic<Int32>(0)
