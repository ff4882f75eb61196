import CPerf

/// The four registers that CPUID answers in.
struct CPUIDRegisters: Sendable, Hashable {
    var eax: UInt32 = 0
    var ebx: UInt32 = 0
    var ecx: UInt32 = 0
    var edx: UInt32 = 0
}

/// CPUID as a function, so that fixtures can stand in for a CPU.
struct ProcessorIdentification: Sendable {
    private let leaf: @Sendable (UInt32) -> CPUIDRegisters?

    init(_ leaf: @escaping @Sendable (UInt32) -> CPUIDRegisters?) {
        self.leaf = leaf
    }

    /// That of a CPU of this machine, executed there: the core types of a hybrid CPU answer differently.
    static func ofThisMachine(cpu: Int) -> ProcessorIdentification {
        ProcessorIdentification { leaf in
            var registers = cperf_cpuid_registers()
            guard cperf_cpuid(Int32(clamping: cpu), leaf, 0, &registers) else { return nil }
            return CPUIDRegisters(eax: registers.eax, ebx: registers.ebx, ecx: registers.ecx, edx: registers.edx)
        }
    }

    /// Nothing is known: another architecture, or a tree of fixtures.
    static let none = ProcessorIdentification { _ in nil }

    /// A leaf that the CPU has. Beyond the highest leaf CPUID answers with another leaf's data (SDM vol. 2).
    private func leafIfPresent(_ number: UInt32) -> CPUIDRegisters? {
        guard let highest = leaf(number & 0xc000_0000)?.eax, highest >= number else { return nil }
        return leaf(number)
    }

    /// Leaf 1, EAX: family, model and stepping.
    var signature: UInt32? { leafIfPresent(1)?.eax }

    /// Leaf 1, ECX bit 31, which no CPU sets and every hypervisor does.
    var isGuest: Bool { leafIfPresent(1).map { $0.ecx >> 31 == 1 } ?? false }

    /// Leaf 40000000H: twelve letters.
    var hypervisorSignature: String? {
        guard isGuest, let registers = leaf(0x4000_0000) else { return nil }
        let letters = [registers.ebx, registers.ecx, registers.edx].flatMap { word in
            (0..<4).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) }
        }
        return String(decoding: letters.prefix { $0 != 0 }, as: UTF8.self)
    }

    var performanceMonitoring: Machine.PerformanceMonitoring? {
        var facts = Machine.PerformanceMonitoring()
        if let intel = leafIfPresent(0x0a), intel.eax & 0xff != 0 {
            facts.version = Int(intel.eax & 0xff)
            facts.generalCounters = Int(intel.eax >> 8 & 0xff)
            facts.generalCounterWidth = Int(intel.eax >> 16 & 0xff)
            facts.fixedCounters = Int(intel.edx & 0x1f)
            facts.fixedCounterWidth = Int(intel.edx >> 5 & 0xff)
        }
        if let amd = leafIfPresent(0x8000_0022), amd.eax != 0 {
            facts.hasAMDVersion2 = amd.eax & 1 == 1
            facts.canFreezeAMD = amd.eax >> 2 & 1 == 1
            if amd.eax & 1 == 1 { facts.generalCounters = Int(amd.ebx & 0xf) }
        }
        return facts == Machine.PerformanceMonitoring() ? nil : facts
    }
}
