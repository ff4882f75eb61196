/// What the emulated PMU counted of itself (README.md, "The truth, in made-up MSRs"): the difference of two readings,
/// summed over the CPUs.
struct GroundTruth: Sendable, Codable {
    /// Overflows of a counter whose interrupt was enabled.
    var overflows: Int64 = 0
    /// PMIs sent to the interrupt controller.
    var pmisSent: Int64 = 0
    /// PMIs that met a masked local vector table entry.
    var pmisMasked: Int64 = 0
    /// PMIs that `lostpmi` swallowed.
    var pmisLost: Int64 = 0
    var freezes: Int64 = 0
    /// Counts lost while frozen, summed over the general-purpose counters: the branch events' counters.
    var branchesLostWhileFrozen: Int64 = 0
    /// The same over the fixed counters. Linux puts the instructions that arm C samples on one of them
    /// (arch/x86/events/intel/core.c, `FIXED_EVENT_CONSTRAINT(0x00c0, 0)`).
    var otherLostWhileFrozen: Int64 = 0
    /// Counts dropped, counted too much, and made up, each summed over all counters.
    var dropped: Int64 = 0
    var overcounted: Int64 = 0
    var spurious: Int64 = 0
    /// Overflows that the model noticed late: its own fault, has to be 0.
    var overruns: Int64 = 0
    /// The configured faults: counts dropped and added at each overflow of a counter, on that counter.
    var dropAtOverflow: Int64 = 0
    var surplusAtOverflow: Int64 = 0

    /// Counts that the branch counters together are low by.
    ///
    /// - Parameter otherOverflows: overflows of counters of other events, which have dropped and surplus counts too.
    func branchDeficit(otherOverflows: Int64) -> Int64 {
        let droppedBranches = dropped - dropAtOverflow * otherOverflows
        let surplusBranches = overcounted - surplusAtOverflow * otherOverflows
        return branchesLostWhileFrozen + droppedBranches - surplusBranches - spurious
    }

    /// IA32_DEBUGCTL of each CPU, before and after.
    var debugControlBefore: [Int64] = []
    var debugControlAfter: [Int64] = []

    private typealias Path = any WritableKeyPath<GroundTruth, Int64> & Sendable

    private static let counts: [Int: Path] = {
        var paths: [Int: Path] = [
            0x20: \.overflows, 0x21: \.pmisSent, 0x22: \.pmisMasked, 0x23: \.pmisLost, 0x24: \.freezes,
            0x26: \.dropped, 0x27: \.overcounted, 0x28: \.spurious, 0x29: \.overruns,
        ]
        for counter in 0..<8 { paths[0x30 + counter] = \GroundTruth.branchesLostWhileFrozen as Path }
        for counter in 8..<11 { paths[0x30 + counter] = \GroundTruth.otherLostWhileFrozen as Path }
        return paths
    }()
    /// The number that `groundtruth` prints for IA32_DEBUGCTL: the MSR's own.
    private static let debugControl = 0x1d9
    private static let configuration: [Int: Path] = [0x04: \.dropAtOverflow, 0x05: \.surplusAtOverflow]

    /// Lines of `groundtruth`: CPU, index, value. No line of index 0: no PMU.
    init?(before: [Substring], after: [Substring]) throws {
        guard before.contains(where: { $0.split(separator: " ").dropFirst().first == "0" }) else { return nil }
        for (lines, sign) in [(before, Int64(-1)), (after, 1)] {
            for line in lines where !line.isEmpty {
                let fields = line.split(separator: " ")
                guard fields.count == 3, let index = Int(fields[1]), let value = UInt64(fields[2]) else {
                    throw GuestLabError.unexpectedOutput("not a line of ground truth: \(line)")
                }
                if let path = Self.counts[index] { self[keyPath: path] += sign * Int64(bitPattern: value) }
                if index == Self.debugControl {
                    let path = sign < 0 ? \GroundTruth.debugControlBefore : \GroundTruth.debugControlAfter
                    self[keyPath: path].append(Int64(bitPattern: value))
                }
                if let path = Self.configuration[index] { self[keyPath: path] = Int64(bitPattern: value) }
            }
        }
    }
}
