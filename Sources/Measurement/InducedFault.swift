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

extension InductionError {
    static func refusal(_ attempt: String, _ errno: Errno) -> InductionError {
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
