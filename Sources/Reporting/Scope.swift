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
}
