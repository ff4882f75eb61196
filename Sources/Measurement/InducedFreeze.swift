import CPerf
import Glibc
import PerfEvents
import SystemPackage

/// What was done to a CPU so that its counters freeze, as a report keeps it.
public struct InducedFault: Codable, Sendable, Hashable {
    /// Slug of the fault that was induced.
    public var fault: String
    public var cpu: Int
    /// "IA32_DEBUGCTL (0x1d9)".
    public var register: String
    /// The register before and while it was changed.
    public var before: UInt64
    public var during: UInt64
    /// Whether it was put back, and read back so.
    public var restored: Bool
}

/// Why a fault could not be induced: one line, with the next step.
public struct InductionError: Error, Sendable, Hashable, CustomStringConvertible {
    public var description: String

    public init(_ description: String) { self.description = description }
}

/// Makes the counters of one CPU freeze at an overflow for as long as it lives: bit 12, FREEZE_PERFMON_ON_PMI, of IA32_DEBUGCTL
/// (SDM vol. 3, 19.4.7 and vol. 4).
///
/// No kernel after 5.10 uses the bit, but all of them leave it alone: each writer of the register reads, changes and writes
/// (kernel-and-rr.md 1.3). The old value comes back when this value ends; a guard process of its own restores it if this
/// process is killed, even by SIGKILL.
public struct InducedFreeze: ~Copyable {
    /// FREEZE_PERFMON_ON_PMI.
    public static let freezeBit: UInt64 = 1 << 12

    public let cpu: Int
    public let before: UInt64
    public let during: UInt64
    private let restorer: RegisterGuard

    /// - Parameter vendor: as `/proc/cpuinfo` writes it. AMD's register of that number has no such bit.
    /// - Throws: where the CPU is not Intel's, the driver is missing, the kernel or the hypervisor refuses, or the bit
    ///   does not stay. The register then is as it was.
    public init(cpu: Int, vendor: String?) throws(InductionError) {
        guard vendor == "GenuineIntel" else {
            throw InductionError(
                "inducing freeze-on-pmi: this CPU is \(vendor ?? "of an unknown vendor"), and only Intel's IA32_DEBUGCTL has a bit for it; leave out --induce")
        }
        let device = try DebugControl(cpu: cpu)
        let before = try device.read()
        let restorer = try RegisterGuard(device, restoring: before)
        try device.write(before | Self.freezeBit)
        let during = try device.read()
        guard during & Self.freezeBit != 0 else {
            throw InductionError(
                "inducing freeze-on-pmi: CPU \(cpu) took bit 12 of MSR 0x1d9 and dropped it; it, or its hypervisor, cannot freeze its counters")
        }
        self.before = before
        self.during = during
        self.cpu = cpu
        self.restorer = restorer
    }

    /// Puts the register back now, and says whether it reads back as it was.
    public consuming func restore() -> InducedFault {
        let (cpu, before, during) = (cpu, before, during)
        return InducedFault(
            fault: "freeze-on-pmi", cpu: cpu, register: "IA32_DEBUGCTL (0x1d9)", before: before, during: during,
            restored: restorer.release())
    }
}

/// Owns the process that restores, and with it the promise that it does.
private struct RegisterGuard: ~Copyable {
    private var process: cperf_register_guard

    init(_ device: borrowing DebugControl, restoring value: UInt64) throws(InductionError) {
        var process = cperf_register_guard()
        let started = cperf_register_guard_start(
            device.descriptor, ModelSpecificRegister.debugControl.rawValue, InducedFreeze.freezeBit, value, &process)
        guard started == 0 else { throw .refusal("starting the guard process", Errno(rawValue: -started)) }
        self.process = process
    }

    consuming func release() -> Bool {
        let restored = cperf_register_guard_release(&process) == 0
        discard self
        return restored
    }

    deinit {
        var process = process
        _ = cperf_register_guard_release(&process)
    }
}

/// IA32_DEBUGCTL of one CPU, through the msr driver (msr(4)), for writing.
private struct DebugControl: ~Copyable {
    let descriptor: CInt
    private let path: String

    init(cpu: Int) throws(InductionError) {
        let path = "/dev/cpu/\(cpu)/msr"
        let descriptor = open(path, O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { throw .refusal("opening \(path)", Errno(rawValue: errno)) }
        self.descriptor = descriptor
        self.path = path
    }

    deinit { close(descriptor) }

    func read() throws(InductionError) -> UInt64 {
        var value: UInt64 = 0
        let count = pread(descriptor, &value, 8, off_t(ModelSpecificRegister.debugControl.rawValue))
        guard count == 8 else { throw .refusal("reading MSR 0x1d9 of \(path)", Errno(rawValue: errno)) }
        return value
    }

    func write(_ value: UInt64) throws(InductionError) {
        var value = value
        let count = pwrite(descriptor, &value, 8, off_t(ModelSpecificRegister.debugControl.rawValue))
        guard count == 8 else { throw .refusal("setting bit 12 of MSR 0x1d9 of \(path)", Errno(rawValue: errno)) }
    }
}

extension InductionError {
    fileprivate static func refusal(_ attempt: String, _ errno: Errno) -> InductionError {
        let next =
            switch errno {
            case .noSuchFileOrDirectory, .noSuchAddressOrDevice: "load the msr driver with: modprobe msr"
            case .permissionDenied: "run as root"
            case .notPermitted:
                "run as root; if you are, kernel lockdown (Secure Boot) forbids it: cat /sys/kernel/security/lockdown"
            // The msr driver turns a #GP into EIO (arch/x86/kernel/msr.c); KVM raises one for this bit
            // (vmx_get_supported_debugctl).
            case .ioError: "the CPU raised #GP, as it does under most hypervisors: run on bare metal"
            default: "see the kernel's log with: dmesg | tail"
            }
        return InductionError("inducing freeze-on-pmi: \(attempt): \(errno); \(next)")
    }
}
