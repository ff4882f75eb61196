import CPerf
import Glibc
import Synchronization
import TestSupport
import Testing

@testable import Measurement

/// What can be said of it without a CPU that has the register; the guest lab does the rest (rows named "induced").
@Suite("A fault is induced only where it can be undone")
struct InducedFreezeTests {
    @Test(
        "A CPU that is not Intel's is refused before anything is opened", arguments: ["AuthenticAMD", nil] as [String?])
    func otherVendors(vendor: String?) {
        #expect {
            _ = try InducedFreeze(cpu: 0, vendor: vendor)
        } throws: { error in
            "\(error)".contains("only Intel's")
        }
    }

    @Test("Without the msr driver the next step is to load it", .enabled(if: access("/dev/cpu/0/msr", F_OK) != 0))
    func noDriver() {
        #expect {
            _ = try InducedFreeze(cpu: 0, vendor: "GenuineIntel")
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
        let freeze = try InducedFreeze(cpu: 3, vendor: "GenuineIntel", root: tree.root)
        #expect(freeze.before == 0x4000 && freeze.during == 0x5000)
        #expect(try value(tree) == 0x5000)
        #expect(freeze.restore().restored)
        #expect(try value(tree) == 0x4000)
        let second = try InducedFreeze(cpu: 3, vendor: "GenuineIntel", root: tree.root)
        #expect(try value(tree) == 0x5000)
        _ = consume second
        #expect(try value(tree) == 0x4000)
    }

    @Test("A write that fails is called a write, of that register")
    func refusedWrite() throws {
        let tree = try tree(0)
        let path = tree.root + "/dev/cpu/3/msr"
        // Reads as zeros, and takes nothing (full(4)).
        try #require(unlink(path) == 0 && symlink("/dev/full", path) == 0)
        let error = #expect(throws: InductionError.self) {
            _ = try InducedFreeze(cpu: 3, vendor: "GenuineIntel", root: tree.root)
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
        #expect(try InducedFreeze(cpu: 3, vendor: "GenuineIntel", root: tree.root).restore().restored)
        #expect(lastForkingThread.load(ordering: .relaxed) != cperf_thread_id())
    }
}

private let lastForkingThread = Atomic<Int32>(0)
