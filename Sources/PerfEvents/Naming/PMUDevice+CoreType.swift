extension PMUDevice {
    /// The type of core that counts with this PMU; nil where all cores are alike.
    package var coreType: HybridCoreType? {
        HybridCoreType.allCases.first { $0.pmuName == name }
    }

    /// Whether the kernel passes on bits 40-47 of `config` (Linux 6.11, dce0c74d2d18).
    package var hasSecondUnitMask: Bool {
        formats["umask"]?.covers(bit: 40) ?? false
    }
}
