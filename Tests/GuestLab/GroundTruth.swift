/// What the emulated PMU counted of itself (README.md, "The truth, in made-up registers"): the difference of two readings,
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
    /// Counts that the counters of branches lost while frozen, dropped, and counted too much. Other events, such as the
    /// instructions that arm C samples, have no expected count.
    var branchesLostWhileFrozen: Int64 = 0
    var branchesDropped: Int64 = 0
    var branchesOvercounted: Int64 = 0
    /// Branches made up.
    var spurious: Int64 = 0
    /// Overflows that the model noticed late: its own fault, has to be 0.
    var overruns: Int64 = 0

    /// Counts that the branch counters together are low by.
    var branchDeficit: Int64 { branchesLostWhileFrozen + branchesDropped - branchesOvercounted - spurious }

    /// IA32_DEBUGCTL (AMD: DebugCtl) of each CPU, before and after. None on Arm.
    var debugControlBefore: [Int64] = []
    var debugControlAfter: [Int64] = []

    private typealias Path = any WritableKeyPath<GroundTruth, Int64> & Sendable

    private static let counts: [Int: Path] = [
        0x20: \.overflows, 0x21: \.pmisSent, 0x22: \.pmisMasked, 0x23: \.pmisLost, 0x24: \.freezes,
        0x28: \.spurious, 0x29: \.overruns, 0x2b: \.branchesLostWhileFrozen, 0x2c: \.branchesDropped,
        0x2d: \.branchesOvercounted,
    ]
    /// The number that `groundtruth` prints for IA32_DEBUGCTL: the MSR's own.
    private static let debugControl = 0x1d9

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
            }
        }
    }
}
