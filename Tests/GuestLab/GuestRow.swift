import Testing

/// A line of Debian's cloud kernels (`Lab/kernel` says from which suites).
enum KernelLine: String, Sendable, CaseIterable {
    /// Has the original freezing handler, behind `perf_v4_pmi=`.
    case v5_10 = "5.10"
    case v6_1 = "6.1"
    case v6_12 = "6.12"
    case newest
}

/// A machine of the lab whose rows are compared (`Lab/run-guest --machine`).
enum GuestMachine: String, Sendable, CaseIterable {
    case intel
    case amdZen3 = "amd-zen3"
    case amdZen4 = "amd-zen4"
    case armN1 = "arm-n1"
    /// Its first CPU is a P core, its second an E core; rows with one CPU have the P core alone.
    case intelHybrid = "intel-hybrid"

    /// The lines whose driver binds its PMU: `amd_pmu_v2` came with 5.19, Alder Lake's with 5.13. Arm's PMU was proved from
    /// 6.1 on.
    var kernels: [KernelLine] {
        switch self {
        case .intel, .amdZen3: KernelLine.allCases
        case .amdZen4, .armN1, .intelHybrid: [.v6_1, .v6_12, .newest]
        }
    }

    /// Whether software can ask the counters to freeze at a PMI: IA32_DEBUGCTL bit 12 on Intel, DebugCtl bit 12 on AMD since
    /// PerfMonV2 (APM vol. 2, 13.1.1.6).
    var canBeAskedToFreeze: Bool { self != .amdZen3 && self != .armN1 }

    /// Branches between an overflow and its PMI that are no fault yet (rr, src/PerfCounters.cc): what rr allows on Skylake and
    /// Alder Lake, the most that its authors measured on Zen 2, and less than the 1,000 that it allows on Neoverse.
    var longestHealthySkid: Int {
        switch self {
        case .intel: 100
        case .intelHybrid: 125
        case .amdZen3, .amdZen4: 5043
        case .armN1: 900
        }
    }

    /// Such a PMI may come after its task was switched out.
    var skidOutlastsSwitches: Bool { longestHealthySkid >= 900 }

    var architecture: GuestArchitecture { self == .armN1 ? .arm64 : .amd64 }
}

/// By Debian's names.
enum GuestArchitecture: String, Sendable, CaseIterable {
    case amd64
    case arm64
}

/// What a fault costs at each PMI. A deficit is positive, a surplus negative.
struct LossPerPMI: Sendable, Equatable {
    /// The median that the finding has to report.
    let typical: Int64
    /// Where every single size has to lie. A PMI whose skid falls into the kernel loses less: its branches, which
    /// user-space counters do not count, use up the skid.
    let allowed: ClosedRange<Int64>

    /// The skid, or less where part of it falls into the kernel.
    static func upTo(_ counts: Int64) -> LossPerPMI { LossPerPMI(typical: counts, allowed: 0...counts) }
    static func exactly(_ counts: Int64) -> LossPerPMI { LossPerPMI(typical: counts, allowed: counts...counts) }
}

/// What a counter that never overflows sees of the fault beside it.
enum Bystander: Sendable {
    case exact
    case losesTheSame
}

/// What `truecount diagnose` has to say.
struct Expectation: Sendable, Equatable {
    let verdict: String
    let exitCode: Int
    var fault: String?
    var loss: LossPerPMI?
    var bystander: Bystander?
    /// Counts between the overflow and the PMI, as the ledger's rows have to show them.
    var skid: ClosedRange<Int64>?
    /// With a skid of thousands a PMI may come after its task was switched out. The kernel drops it, and truecount says
    /// that one is missing, seen once.
    var mayMissPMIsAtSwitches = false

    static let accurate = Expectation(verdict: "accurate", exitCode: 0, bystander: .exact)
    static let accurateWithLongSkids = Expectation(
        verdict: "accurate", exitCode: 0, bystander: .exact, mayMissPMIsAtSwitches: true)
    /// Every count is exact, and whether each overflow has its PMI cannot be told.
    static let openPMICount = Expectation(verdict: "inconclusive", exitCode: 3, bystander: .exact)
    static let unsupported = Expectation(verdict: "unsupported", exitCode: 4)
    /// truecount measures nothing and says why.
    static let refused = Expectation(verdict: "", exitCode: 4)

    static func accurate(skid: ClosedRange<Int64>) -> Expectation {
        Expectation(verdict: "accurate", exitCode: 0, bystander: .exact, skid: skid)
    }

    static func faulty(_ fault: String, loss: LossPerPMI? = nil, bystander: Bystander? = nil) -> Expectation {
        Expectation(verdict: "faulty", exitCode: 1, fault: fault, loss: loss, bystander: bystander)
    }

    /// After a lost PMI the counter runs on, and the kernel loads it again at another phase. No PMI is late for that.
    static let lostPMIs = Expectation(verdict: "faulty", exitCode: 1, fault: "lost-pmi", bystander: .exact)

    static func freeze(losing counts: Int64) -> Expectation {
        faulty("freeze-on-pmi", loss: .upTo(counts), bystander: .losesTheSame)
    }
}

/// One guest to boot, and what truecount has to say in it.
struct GuestRow: Sendable, CustomTestStringConvertible {
    var machine = GuestMachine.intel
    let kernel: KernelLine
    /// What is special about it, in words that make a file name.
    let name: String
    /// The emulated PMU: its skid and its faults (README.md, "The PMU's options").
    var pmu = ""
    var kernelArguments = ""
    var virtualCPUs = 1
    /// Endless loops that run beside the diagnosis.
    var busyLoops = 0
    /// Arguments of `truecount diagnose`.
    var arguments: [String] = []
    var probes = Probes.arms
    let expected: Expectation

    enum Probes: Sendable {
        /// The four arms and the control: every PMI is truecount's own, so sums can be compared with the PMU's.
        case arms
        /// All there are: throttled runs, another sampler's PMIs and counters that are never read are among their runs.
        case all
        /// The four arms, with an event that counts something else: what is missing then is no loss of the PMU's.
        case event
        /// Those that drive samplers into throttling, and the control, in a guest whose kernel allows few samples a second.
        case throttling
    }

    /// The machine but for Intel's, the kernel, the name.
    var id: String { "\(idOfMachine)\(kernel.rawValue)-\(name)" }
    var idOfMachine: String { machine == .intel ? "" : "\(machine.rawValue)-" }
    var testDescription: String { id }
    var hasPMU: Bool { pmu != "off" }
}
