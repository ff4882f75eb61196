import CPerf
import SystemPackage

/// What was done to a CPU so that its counters freeze, as a report keeps it.
public struct InducedFault: Codable, Sendable, Hashable {
    /// Slug of the fault that was induced.
    public var fault: String
    public var cpu: Int
    /// "IA32_DEBUGCTL (0x1d9)" on Intel, "DebugCtl (0x1d9)" on AMD.
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

    public init(_ description: String) { self.description = "inducing freeze-on-pmi: \(description)" }
}

/// Makes the counters of one CPU freeze at an overflow for as long as it lives: bit 12 of Intel's IA32_DEBUGCTL and of
/// AMD's DebugCtl (``ProcessorVendor/freezeControl``).
///
/// No kernel after 5.10 uses the bit, but all of them leave it alone: each writer of the register reads, changes and
/// writes (__intel_pmu_lbr_enable() in arch/x86/events/intel/lbr.c, flip_smm_bit() in core.c, amd_pmu_lbr_enable_all()
/// in arch/x86/events/amd/lbr.c, which sets bit 11 for branch stacks). The old value comes back when this value ends; a
/// guard process of its own restores it if this process is killed, even by SIGKILL.
public struct InducedFreeze: ~Copyable {
    public let cpu: Int
    public let before: UInt64
    public let during: UInt64
    private let control: ProcessorVendor.FreezeControl
    private let restorer: RegisterGuard

    /// The bit that would be set, found out without touching anything.
    ///
    /// - Throws: where this CPU has none: AMD's from Zen 4 on say so in CPUID 8000_0022 EAX[2] (APM vol. 3).
    public static func control(
        of processor: Machine.Processor
    ) throws(InductionError) -> ProcessorVendor.FreezeControl {
        guard let vendor = processor.maker else {
            throw InductionError(
                "this CPU is \(processor.vendor ?? "of an unknown vendor"), and only Intel's and AMD's are known to have a freeze bit; leave out --induce"
            )
        }
        guard let control = vendor.freezeControl else {
            throw InductionError(
                "an Arm CPU lets only the kernel freeze counters (PMCR_EL0.FZO), and Linux never does; leave out --induce"
            )
        }
        guard vendor != .amd || processor.performanceMonitoring?.canFreezeAMD == true else {
            throw InductionError(
                "this AMD CPU cannot freeze counters: CPUID 8000_0022 EAX[2] is not set, as before Zen 4 and in most guests; leave out --induce"
            )
        }
        return control
    }

    /// - Throws: where ``control(of:)`` does, the driver is missing, the kernel or the hypervisor refuses, or the bit does
    ///   not stay. The register then is as it was.
    public init(_ processor: Machine.Processor) throws(InductionError) {
        try self.init(processor, root: "/")
    }

    init(_ processor: Machine.Processor, root: String) throws(InductionError) {
        let control = try Self.control(of: processor)
        let (register, mask) = (ProcessorVendor.FreezeControl.number, ProcessorVendor.FreezeControl.mask)
        let registers = try inducing { () throws(RegisterError) in
            try ModelSpecificRegisters(cpu: processor.number, root: root, forWriting: true)
        }
        let before = try inducing { () throws(RegisterError) in try registers.read(register) }
        let restorer = try RegisterGuard(registers, register, bits: mask, restoring: before)
        let during = try inducing { () throws(RegisterError) in
            try registers.write(before | mask, to: register)
            return try registers.read(register)
        }
        guard during & mask != 0 else {
            throw InductionError(
                "CPU \(processor.number) accepted bit 12 of MSR 0x1d9 but did not keep it: the CPU or its hypervisor cannot freeze counters"
            )
        }
        self.before = before
        self.during = during
        self.control = control
        cpu = processor.number
        self.restorer = restorer
    }

    /// Puts the register back now, and says whether it reads back as it was.
    public consuming func restore() -> InducedFault {
        let (cpu, register, before, during) = (cpu, control.registerWithNumber, before, during)
        return InducedFault(
            fault: "freeze-on-pmi", cpu: cpu, register: register, before: before, during: during,
            restored: restorer.release())
    }
}

/// Runs something that throws what the msr driver says, as a part of inducing a fault.
private func inducing<Value: ~Copyable>(
    _ body: () throws(RegisterError) -> Value
) throws(InductionError) -> Value {
    do {
        return try body()
    } catch {
        throw InductionError("\(error)")
    }
}

/// Owns the process that restores, and with it the promise that it does.
///
/// Not private: Swift 6.3 leaves a private one undefined when another module destroys its owner, in optimised builds.
struct RegisterGuard: ~Copyable {
    private var process: cperf_register_guard

    /// - Parameters:
    ///   - registers: opened for writing.
    ///   - bits: those that are restored.
    init(
        _ registers: borrowing ModelSpecificRegisters, _ register: ModelSpecificRegister, bits: UInt64,
        restoring value: UInt64
    ) throws(InductionError) {
        var process = cperf_register_guard()
        let started = cperf_register_guard_start(registers.descriptor, register.rawValue, bits, value, &process)
        guard started == 0 else {
            throw InductionError(
                "starting the process that restores the register: \(Errno(rawValue: -started)); raise ulimit -u or -n")
        }
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
