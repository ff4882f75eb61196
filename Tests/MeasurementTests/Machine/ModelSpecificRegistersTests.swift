import Glibc
import TestSupport
import Testing

@testable import Measurement
@testable import PerfEvents

@Suite("Model-specific registers")
struct ModelSpecificRegistersTests {
    /// A file whose content at a register's number is its value, as the msr driver has it.
    private func tree(_ registers: [ModelSpecificRegister: UInt64]) throws -> FixtureTree {
        let tree = try FixtureTree(["/dev/cpu/3/msr": ""])
        let descriptor = open(tree.root + "/dev/cpu/3/msr", O_WRONLY)
        defer { close(descriptor) }
        for (register, value) in registers {
            var value = value
            try #require(pwrite(descriptor, &value, 8, off_t(register.rawValue)) == 8)
        }
        return tree
    }

    @Test("A register is read at the offset of its number")
    func value() throws {
        let tree = try tree([.debugControl: 0x5000, .smiCount: 42])
        let registers = try ModelSpecificRegisters(cpu: 3, root: tree.root)
        #expect(try registers.read(.debugControl) == 0x5000)
        #expect(try registers.read(.smiCount) == 42)
    }

    @Test("Without the driver the error says how to load it")
    func noDriver() throws {
        let tree = try tree([:])
        let error = #expect(throws: RegisterError.self) { _ = try ModelSpecificRegisters(cpu: 4, root: tree.root) }
        #expect(error?.code == .noDriver)
        #expect(error?.description.contains("modprobe msr") == true)
    }

    @Test("A register that the CPU does not have is refused, and the others are read")
    func refused() throws {
        let tree = try tree([.debugControl: 0x1000])
        let machine = Machine.read(root: tree.root, cpu: 3)
        #expect(machine.registers?.debugControl == 0x1000)
        #expect(machine.registers?.freezesCountersOnPMI == true)
        #expect(machine.registers?.globalControl == nil)
        #expect(machine.registersProblem?.contains("0x345") == true)
    }

    /// What stands where AMD has no register is not read.
    @Test(
        "On AMD DebugCtl is read, from PerfMonV2 on PerfCntrGlobalCtl, and nothing of Intel's",
        arguments: [true, false])
    func amd(hasVersion2: Bool) throws {
        let tree = try tree([
            .smiCount: 7, .debugControl: 0x1800, .performanceCapabilities: 7, .globalControl: 7,
            .globalControlAMD: 0x3f,
        ])
        var processor = Machine.Processor(number: 3, flags: [])
        processor.vendor = "AuthenticAMD"
        processor.performanceMonitoring = Machine.PerformanceMonitoring(hasAMDVersion2: hasVersion2)
        let (registers, problem) = tree.files.registers(of: processor)
        #expect(
            registers == Machine.Registers(debugControl: 0x1800, globalControl: hasVersion2 ? 0x3f : nil)
                && problem == nil)
        #expect(registers?.freezesCountersOnPMI == true)
    }

    @Test("On Arm there is none, and no advice to load a driver")
    func arm() throws {
        var processor = Machine.Processor(number: 0, flags: [])
        processor.implementer = 0x41
        let (registers, problem) = try tree([:]).files.registers(of: processor)
        #expect(registers == nil && problem == nil)
    }
}
