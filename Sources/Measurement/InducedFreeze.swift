/// Makes the counters of one CPU freeze at an overflow for as long as it lives: bit 12, FREEZE_PERFMON_ON_PMI, of
/// IA32_DEBUGCTL (SDM vol. 3, 19.4.7 and vol. 4).
///
/// No kernel after 5.10 uses the bit, but all of them leave it alone: each writer of the register reads, changes and
/// writes (kernel-and-rr.md 1.3). The old value comes back when this value ends; a guard process of its own restores it
/// if this process is killed, even by SIGKILL.
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
                "inducing freeze-on-pmi: this CPU is \(vendor ?? "of an unknown vendor"), and only Intel's IA32_DEBUGCTL has a bit for it; leave out --induce"
            )
        }
        let device = try DebugControl(cpu: cpu)
        let before = try device.read()
        let restorer = try RegisterGuard(device, restoring: before)
        try device.write(before | Self.freezeBit)
        let during = try device.read()
        guard during & Self.freezeBit != 0 else {
            throw InductionError(
                "inducing freeze-on-pmi: CPU \(cpu) took bit 12 of MSR 0x1d9 and dropped it; it, or its hypervisor, cannot freeze its counters"
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
