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
}
