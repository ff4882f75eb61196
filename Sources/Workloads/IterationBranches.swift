/// In which iterations of a run a conditional branch is taken.
enum TakenRule: Sendable, Hashable {
    /// Bit k is set if the branch is taken where k are the four low bits of the remaining count.
    case remaining(UInt16)
    /// Where the generator drops a 0 (`DroppedBits`).
    case droppedZero

    static let always = TakenRule.remaining(.max)
    static let never = TakenRule.remaining(0)

    static func whereRemaining(_ isTaken: (_ lowBits: UInt16) -> Bool) -> TakenRule {
        .remaining((0..<16).reduce(0) { $0 | (isTaken($1) ? 1 << $1 : 0) })
    }
    static func whereSet(bit: Int) -> TakenRule { .whereRemaining { $0 >> UInt16(bit) & 1 == 1 } }
    static func whereClear(bit: Int) -> TakenRule { .whereRemaining { $0 >> UInt16(bit) & 1 == 0 } }
    /// Where the two low bits of the remaining count choose one of these pairs of operands.
    static func wherePair(_ pairs: UInt16...) -> TakenRule { .whereRemaining { pairs.contains($0 & 3) } }

    /// Whether it is taken in the iteration behind the first `completed` of `iterations`.
    func isTaken(completed: UInt128, of iterations: UInt128) -> Bool {
        switch self {
        case .remaining(let mask): mask >> UInt16((iterations - completed) & 15) & 1 == 1
        case .droppedZero: DroppedBits.ones(iterations: completed + 1) == DroppedBits.ones(iterations: completed)
        }
    }

    /// In how many of the first `completed` of `iterations` it is taken.
    func timesTaken(completed: UInt128, of iterations: UInt128) -> UInt128 {
        switch self {
        case .remaining(let mask):
            Self.timesTaken(mask, remaining: iterations) - Self.timesTaken(mask, remaining: iterations - completed)
        case .droppedZero: completed - DroppedBits.ones(iterations: completed)
        }
    }

    /// In how many of the iterations in which that many, and fewer down to 1, remain: whole groups of 16, then the rest.
    private static func timesTaken(_ mask: UInt16, remaining: UInt128) -> UInt128 {
        let (groups, rest) = remaining.quotientAndRemainder(dividingBy: 16)
        let lastOnes = mask >> 1 & (1 << UInt16(rest) - 1)
        return groups * UInt128(mask.nonzeroBitCount) + UInt128(lastOnes.nonzeroBitCount)
    }
}

/// The conditional branches of an iteration, in the order in which they retire: the workload's own by their rules, and at
/// last the one that closes the loop, which is taken in all iterations but the last.
struct IterationBranches: Sendable, Hashable {
    let rules: [TakenRule]

    init(_ rules: [TakenRule]) { self.rules = rules }

    var count: UInt128 { UInt128(rules.count) + 1 }

    /// Of the first `retired` conditional branches of a run, those that were taken. Defined for every number, 0 included.
    func taken(ofFirst retired: UInt128, iterations: UInt128) -> UInt128 {
        let (completed, rest) = retired.quotientAndRemainder(dividingBy: count)
        guard iterations > 0, completed <= iterations else { return 0 }
        let whole = rules.reduce(min(completed, iterations - 1)) {
            $0 + $1.timesTaken(completed: completed, of: iterations)
        }
        let begun = rules.prefix(Int(rest)).count { $0.isTaken(completed: completed, of: iterations) }
        return whole + UInt128(begun)
    }
}
