import PerfEvents

/// Whose CPU it is, where registers, their names, or what to do about a fault differ by it.
public enum ProcessorVendor: String, Codable, Sendable, Hashable, CaseIterable {
    case intel
    /// Hygon's CPUs are AMD's Zen under licence.
    case amd
    /// Whoever made it.
    case arm

    /// The bit by which a CPU stops its counters when one overflows.
    public struct FreezeControl: Sendable, Hashable {
        /// In the vendor's manual.
        public var register: String
        public var bit: String

        /// Both vendors have it there.
        public static let number = ModelSpecificRegister.debugControl
        public static let mask: UInt64 = 1 << 12

        /// "IA32_DEBUGCTL (0x1d9)".
        public var registerWithNumber: String { "\(register) (0x\(Self.number.rawValue.hex))" }
    }

    /// SDM vol. 3, 19.4.7; APM vol. 2, 13.1.1.6. Arm's like (PMCR_EL0.FZO, Armv8.7) is not for user space to set, and
    /// Linux never sets it (drivers/perf/arm_pmuv3.c).
    public var freezeControl: FreezeControl? {
        switch self {
        case .intel: FreezeControl(register: "IA32_DEBUGCTL", bit: "FREEZE_PERFMON_ON_PMI")
        case .amd: FreezeControl(register: "DebugCtl", bit: "FPMCI")
        case .arm: nil
        }
    }

    /// Registers that `truecount info` reads, by the vendor's names (SDM vol. 4; APM vol. 2, 13.1.1.6 and 13.2.1).
    var registers: [ReadableRegister] {
        switch self {
        case .intel:
            [
                ReadableRegister(.debugControl, \.debugControl),
                ReadableRegister(.performanceCapabilities, \.performanceCapabilities),
                ReadableRegister(.globalControl, \.globalControl), ReadableRegister(.smiCount, \.smiCount),
            ]
        case .amd:
            [
                ReadableRegister(.debugControl, \.debugControl),
                ReadableRegister(.globalControlAMD, \.globalControl) {
                    $0.performanceMonitoring?.hasAMDVersion2 == true
                },
            ]
        case .arm: []
        }
    }

    struct ReadableRegister {
        let register: ModelSpecificRegister
        let property: WritableKeyPath<Machine.Registers, UInt64?>
        let isThere: (Machine.Processor) -> Bool

        init(
            _ register: ModelSpecificRegister, _ property: WritableKeyPath<Machine.Registers, UInt64?>,
            where isThere: @escaping (Machine.Processor) -> Bool = { _ in true }
        ) {
            self.register = register
            self.property = property
            self.isThere = isThere
        }
    }
}

extension Machine.Processor {
    /// Nil for a vendor of x86 CPUs that is neither, and where `/proc/cpuinfo` does not say.
    public var maker: ProcessorVendor? {
        switch vendor {
        case "GenuineIntel": .intel
        case "AuthenticAMD", "HygonGenuine": .amd
        default: implementer == nil ? nil : .arm
        }
    }
}
