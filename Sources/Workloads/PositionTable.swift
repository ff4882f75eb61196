import CPerf

/// What holds at every instruction from `offset` on to the next row's: a linear function of the run's registers.
struct PositionRow: Sendable, Hashable {
    var offset: Int
    var iterations: Int64
    var remaining: Int64
    var branches: Int64
    var perIteration: Int64
    var inner: Int64
    var counter: Int64
    var site: Int64
    var secondSite: Int64
    var unconditional: Int64

    /// Iterations completed; nil where the remaining count is not one that this run can have.
    func completed(iterations: UInt64, remaining: UInt64) -> Int64? {
        guard self.remaining == 0 || remaining <= iterations, let total = Int64(exactly: iterations) else { return nil }
        // A register that does not matter here may hold anything.
        let left = self.remaining == 0 ? 0 : Int64(remaining)
        return self.iterations * total + self.remaining * left
    }

    /// Conditional branches retired; nil where an inner register holds what no run can.
    func conditionalBranches(completed: Int64, of iterations: UInt64, _ registers: UserRegisters) -> Int64? {
        // In 128 bits, because a register that holds nonsense must not wrap round to a plausible position.
        let total = Int128(perIteration) * Int128(iterations)
        let retired =
            Int128(branches) + Int128(perIteration) * Int128(completed)
            + Int128(inner) * Int128(registers.inner) + Int128(counter) * Int128(registers.counter)
        return retired >= 0 && retired <= total ? Int64(exactly: retired) : nil
    }
}

/// The rows of one routine in the order of its code, which the assembler writes beside the instructions.
struct PositionTable: Sendable, Hashable {
    var rows: [PositionRow]

    init(rows: [PositionRow]) {
        self.rows = rows
    }

    init(describedBy routine: cperf_routine) {
        rows = UnsafeBufferPointer(start: routine.rows, count: Int(routine.row_count)).map {
            PositionRow(
                offset: Int($0.offset), iterations: Int64($0.iterations), remaining: Int64($0.remaining),
                branches: Int64($0.branches), perIteration: Int64($0.per_iteration), inner: Int64($0.inner),
                counter: Int64($0.counter), site: Int64($0.site), secondSite: Int64($0.second_site),
                unconditional: Int64($0.unconditional))
        }
    }

    /// The last row that begins at or before the offset.
    func row(at offset: Int) -> PositionRow? {
        var low = 0
        var high = rows.count
        while low < high {
            let middle = (low + high) / 2
            if rows[middle].offset <= offset { low = middle + 1 } else { high = middle }
        }
        return low == 0 ? nil : rows[low - 1]
    }
}
