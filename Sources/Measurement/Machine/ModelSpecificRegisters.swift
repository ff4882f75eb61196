import Glibc
import PerfEvents
import SystemPackage

/// Number of a model-specific register (SDM vol. 4; APM vol. 2, appendix A).
public struct ModelSpecificRegister: RawRepresentable, Sendable, Hashable {
    public let rawValue: UInt32

    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// Count of system management interrupts since reset, Intel.
    public static let smiCount = ModelSpecificRegister(rawValue: 0x34)
    /// `IA32_DEBUGCTL`, AMD's DebugCtl; bit 12 freezes the counters at a PMI, Intel's bit 14 in system management mode.
    public static let debugControl = ModelSpecificRegister(rawValue: 0x1d9)
    /// `IA32_PERF_CAPABILITIES`, Intel.
    public static let performanceCapabilities = ModelSpecificRegister(rawValue: 0x345)
    /// `IA32_PERF_GLOBAL_CTRL`, Intel.
    public static let globalControl = ModelSpecificRegister(rawValue: 0x38f)
    /// PerfCntrGlobalCtl, AMD's PerfMonV2 (APM vol. 2, 13.2.1).
    public static let globalControlAMD = ModelSpecificRegister(rawValue: 0xc000_0301)
}

/// Why a register could not be read or written.
public struct RegisterError: Error, Sendable, Hashable, CustomStringConvertible {
    public struct Code: Sendable, Hashable {
        private enum Value: Sendable, Hashable { case noDriver, notPermitted, refused, writeRefused, failed }
        private let value: Value

        /// There is no `/dev/cpu/N/msr`.
        public static let noDriver = Code(value: .noDriver)
        /// The kernel lets only root with CAP_SYS_RAWIO at it, and nobody under lockdown.
        public static let notPermitted = Code(value: .notPermitted)
        /// The CPU, or the hypervisor in its place, has no such register.
        public static let refused = Code(value: .refused)
        /// The CPU, or the hypervisor in its place, does not take this value.
        public static let writeRefused = Code(value: .writeRefused)
        /// Anything else the kernel said.
        public static let failed = Code(value: .failed)
    }

    public var code: Code
    public var errno: Errno
    /// What was tried, as in "open /dev/cpu/0/msr".
    public var operation: String

    public var description: String {
        let advice =
            switch code {
            case .noDriver: "load the driver with: modprobe msr"
            case .notPermitted: "run as root (CAP_SYS_RAWIO), without kernel lockdown"
            case .refused: "this CPU or its hypervisor does not have the register"
            case .writeRefused: "the CPU raised #GP, as it does under most hypervisors: run on bare metal"
            default: "see the kernel's message"
            }
        return "\(operation): \(errno); \(advice)"
    }
}

/// The registers of one CPU, through the msr driver (msr(4)).
public struct ModelSpecificRegisters: ~Copyable {
    /// Valid while this value lives.
    let descriptor: CInt
    private let path: String

    /// Opens them for reading.
    ///
    /// - Parameter cpu: the CPU's number in Linux.
    /// - Throws: `noDriver` or `notPermitted`.
    public init(cpu: Int) throws(RegisterError) {
        try self.init(cpu: cpu, root: "/")
    }

    init(cpu: Int, root: String, forWriting: Bool = false) throws(RegisterError) {
        path = "/dev/cpu/\(cpu)/msr"
        descriptor = open((root == "/" ? "" : root) + path, (forWriting ? O_RDWR : O_RDONLY) | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw Self.error(Errno(rawValue: errno), operation: "open \(path)")
        }
    }

    /// The register's value now. A read costs an interrupt of that CPU where the thread runs on another one.
    ///
    /// - Throws: `refused` where the CPU raises #GP, `notPermitted` under lockdown.
    public borrowing func read(_ register: ModelSpecificRegister) throws(RegisterError) -> UInt64 {
        var value: UInt64 = 0
        // The driver takes the register's number for the file's offset.
        let count = pread(descriptor, &value, MemoryLayout<UInt64>.size, off_t(register.rawValue))
        try check(count, "read", register)
        return value
    }

    /// Gives the register a value. The registers must have been opened for writing.
    ///
    /// - Throws: `writeRefused` where the CPU raises #GP, `notPermitted` under lockdown.
    borrowing func write(_ value: UInt64, to register: ModelSpecificRegister) throws(RegisterError) {
        var value = value
        let count = pwrite(descriptor, &value, MemoryLayout<UInt64>.size, off_t(register.rawValue))
        do {
            try check(count, "write", register)
        } catch {
            guard error.code == .refused else { throw error }
            throw RegisterError(code: .writeRefused, errno: error.errno, operation: error.operation)
        }
    }

    /// - Throws: what the call on that many bytes means; half of a register is none.
    private func check(_ count: Int, _ verb: String, _ register: ModelSpecificRegister) throws(RegisterError) {
        guard count != MemoryLayout<UInt64>.size else { return }
        throw Self.error(
            count < 0 ? Errno(rawValue: errno) : .ioError,
            operation: "\(verb) MSR 0x\(register.rawValue.hex) of \(path)")
    }

    deinit { close(descriptor) }

    private static func error(_ errno: Errno, operation: String) -> RegisterError {
        let code: RegisterError.Code =
            switch errno {
            case .noSuchFileOrDirectory, .noSuchAddressOrDevice, .operationNotSupportedByDevice: .noDriver
            case .notPermitted, .permissionDenied: .notPermitted
            // arch/x86/kernel/msr.c passes on what rdmsr_safe_on_cpu() made of the #GP.
            case .ioError: .refused
            default: .failed
            }
        return RegisterError(code: code, errno: errno, operation: operation)
    }
}
