import Measurement

/// What a verdict is about, and about nothing else: this kernel, on this kind of CPU, here.
public struct Scope: Codable, Sendable, Hashable {
    /// Where the kernel runs.
    public enum Platform: String, Codable, Sendable, Hashable {
        case bareMetal = "bare-metal"
        case guest
        /// The CPU does not tell (Arm has no bit for it).
        case unknown
    }

    /// Release of the kernel, as `uname -r` prints it.
    public var kernel: String
    /// As `uname -m` prints it.
    public var architecture: String
    /// Vendor, family-model-stepping and name of the CPU.
    public var cpu: String
    /// Kind of core, on CPUs that have several.
    public var coreType: String?
    /// Revision of the microcode, as the kernel prints it.
    public var microcode: String?
    public var platform: Platform
    /// Name of the hypervisor, for guests of one that says its name.
    public var hypervisor: String?

    public init(
        kernel: String, architecture: String, cpu: String, coreType: String? = nil, microcode: String? = nil,
        platform: Platform, hypervisor: String? = nil
    ) {
        self.kernel = kernel
        self.architecture = architecture
        self.cpu = cpu
        self.coreType = coreType
        self.microcode = microcode
        self.platform = platform
        self.hypervisor = hypervisor
    }

    /// The scope of a verdict on the CPU that the machine was read for.
    public init(_ machine: Machine) {
        let processor = machine.processor
        let model = processor.identity ?? processor.name ?? "unknown CPU"
        self.init(
            kernel: machine.kernel.release ?? "unknown", architecture: machine.architecture ?? "unknown",
            cpu: processor.microarchitecture.map { "\(model) (\($0))" } ?? model, coreType: processor.coreType,
            microcode: processor.microcode, platform: machine.hypervisor == nil ? Self.native(machine) : .guest,
            hypervisor: machine.hypervisor?.name)
    }

    /// The scope of a verdict on a simulated PMU: neither this kernel nor this CPU.
    init(simulated model: String, on machine: Machine) {
        self.init(
            kernel: "SIMULATED", architecture: machine.architecture ?? "unknown", cpu: "SIMULATED \(model)",
            platform: .unknown)
    }

    /// Only x86 has a flag that every hypervisor sets; elsewhere the absence of hints says nothing.
    private static func native(_ machine: Machine) -> Platform {
        machine.processor.vendor == nil ? .unknown : .bareMetal
    }
}

extension Scope {
    /// The scope in one line: "Linux 5.10.0-46-amd64 · Intel 06-5e-03 (Skylake) · guest of QEMU · microcode 0x1".
    var line: String {
        let place: String? =
            switch platform {
            case .bareMetal: "bare metal"
            case .guest: "guest of \(hypervisor ?? "an unnamed hypervisor")"
            case .unknown: nil
            }
        let facts: [String?] = ["Linux \(kernel)", cpu, coreType, place, microcode.map { "microcode \($0)" }]
        return printable(facts.compactMap(\.self).joined(separator: " · "))
    }
}
