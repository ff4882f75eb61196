import Glibc
import PerfEvents
import SystemPackage

/// Number of a model-specific register (SDM vol. 4).
public struct ModelSpecificRegister: RawRepresentable, Sendable, Hashable {
    public let rawValue: UInt32

    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// Count of system management interrupts since reset, Intel.
    public static let smiCount = ModelSpecificRegister(rawValue: 0x34)
    /// `IA32_DEBUGCTL`; bit 12 freezes the counters at a PMI, bit 14 in system management mode.
    public static let debugControl = ModelSpecificRegister(rawValue: 0x1d9)
    /// `IA32_PERF_CAPABILITIES`.
    public static let performanceCapabilities = ModelSpecificRegister(rawValue: 0x345)
    /// `IA32_PERF_GLOBAL_CTRL`.
    public static let globalControl = ModelSpecificRegister(rawValue: 0x38f)
}

/// Why a register could not be read.
public struct RegisterError: Error, Sendable, Hashable, CustomStringConvertible {
    public struct Code: Sendable, Hashable {
        private enum Value: Sendable, Hashable { case noDriver, notPermitted, refused, failed }
        private let value: Value

        /// There is no `/dev/cpu/N/msr`.
        public static let noDriver = Code(value: .noDriver)
        /// The kernel lets only root with CAP_SYS_RAWIO read it, and nobody under lockdown.
        public static let notPermitted = Code(value: .notPermitted)
        /// The CPU, or the hypervisor in its place, has no such register.
        public static let refused = Code(value: .refused)
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
            case .notPermitted: "run as root, with CAP_SYS_RAWIO, and without kernel lockdown"
            case .refused: "this CPU, or its hypervisor, does not have the register"
            default: "see the kernel's message"
            }
        return "\(operation): \(errno); \(advice)"
    }
}

/// The registers of one CPU, read through the msr driver (msr(4)).
public struct ModelSpecificRegisters: ~Copyable {
    private let descriptor: CInt
    private let path: String

    /// Opens them for reading.
    ///
    /// - Parameter cpu: the CPU's number in Linux.
    /// - Throws: `noDriver` or `notPermitted`.
    public init(cpu: Int) throws(RegisterError) {
        try self.init(cpu: cpu, root: "/")
    }

    init(cpu: Int, root: String) throws(RegisterError) {
        path = "/dev/cpu/\(cpu)/msr"
        descriptor = open((root == "/" ? "" : root) + path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw Self.error(Errno(rawValue: errno), operation: "open \(path)")
        }
    }

    /// The register's value now. A read costs an interrupt of that CPU where the thread runs on another one.
    ///
    /// - Throws: `refused` where the CPU raises #GP, `notPermitted` under lockdown.
    public borrowing func read(_ register: ModelSpecificRegister) throws(RegisterError) -> UInt64 {
        var value: UInt64 = 0
        let operation = "read MSR 0x\(register.rawValue.hex) of \(path)"
        let count = withUnsafeMutableBytes(of: &value) { bytes in
            // The driver takes the register's number for the file's offset.
            pread(descriptor, bytes.baseAddress, bytes.count, off_t(register.rawValue))
        }
        guard count >= 0 else { throw Self.error(Errno(rawValue: errno), operation: operation) }
        guard count == MemoryLayout<UInt64>.size else {
            throw RegisterError(code: .refused, errno: .ioError, operation: operation)
        }
        return value
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
