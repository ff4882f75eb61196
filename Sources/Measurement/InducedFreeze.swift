import CPerf
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

    public init(_ description: String) { self.description = "inducing freeze-on-pmi: \(description)" }
}

/// Makes the counters of one CPU freeze at an overflow for as long as it lives: bit 12, FREEZE_PERFMON_ON_PMI, of
/// IA32_DEBUGCTL (SDM vol. 3, 19.4.7 and vol. 4).
///
/// No kernel after 5.10 uses the bit, but all of them leave it alone: each writer of the register reads, changes and
/// writes (__intel_pmu_lbr_enable() in arch/x86/events/intel/lbr.c, flip_smm_bit() in core.c). The old value comes back
/// when this value ends; a guard process of its own restores it if this process is killed, even by SIGKILL.
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
        try self.init(cpu: cpu, vendor: vendor, root: "/")
    }

    init(cpu: Int, vendor: String?, root: String) throws(InductionError) {
        guard vendor == "GenuineIntel" else {
            throw InductionError(
                "this CPU is \(vendor ?? "of an unknown vendor"), and only Intel's IA32_DEBUGCTL has a freeze bit; leave out --induce"
            )
        }
        let registers = try inducing { () throws(RegisterError) in
            try ModelSpecificRegisters(cpu: cpu, root: root, forWriting: true)
        }
        let before = try inducing { () throws(RegisterError) in try registers.read(.debugControl) }
        let restorer = try RegisterGuard(registers, .debugControl, bits: Self.freezeBit, restoring: before)
        let during = try inducing { () throws(RegisterError) in
            try registers.write(before | Self.freezeBit, to: .debugControl)
            return try registers.read(.debugControl)
        }
        guard during & Self.freezeBit != 0 else {
            throw InductionError(
                "CPU \(cpu) accepted bit 12 of MSR 0x1d9 but did not keep it: the CPU or its hypervisor cannot freeze counters"
            )
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
