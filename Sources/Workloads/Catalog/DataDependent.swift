// Question: does misprediction, and what the CPU executes and throws away by it, leave a trace in the count?
//
// An iteration shifts a generator and branches on the bit that drops out: taken where it is 0, and where it is 1 one
// more instruction, an exclusive or, is executed. With the closing pair: 2 branches and 4 instructions (5 on aarch64,
// where the test is one of its own), and the exclusive or where the bit is 1.
//
// The generator starts from 1 and goes through all 4095 states; each state's low bit is the one that drops out, so a
// whole period has 2048 ones (the odd numbers below 4096). What is left of n after whole periods is counted.

extension Workload {
    static let dataDependent = Workload(
        name: "data-dependent",
        summary: "a branch that follows a pseudo-random generator's bits"
    ) { n in
        let ones = DroppedBits.ones(iterations: n)
        return WideFigures(
            conditionalBranches: 2 * n, takenConditionalBranches: (n - ones) + n - 1,
            instructions: .perArchitecture(x86_64: 4, aarch64: 5) * n + ones
        ).insideWindow()
    }
}

/// The generator of data_dependent.S.
enum DroppedBits {
    static let taps: UInt16 = 0xe08
    static let period = 4095

    /// onesBefore[k]: ones among the first k bits.
    private static let onesBefore: [UInt16] = {
        var state: UInt16 = 1
        var ones: UInt16 = 0
        var sums: [UInt16] = [0]
        for _ in 0..<period {
            let bit = state & 1
            state >>= 1
            if bit == 1 { state ^= taps }
            ones += bit
            sums.append(ones)
        }
        return sums
    }()

    static func ones(iterations: UInt128) -> UInt128 {
        let (periods, rest) = iterations.quotientAndRemainder(dividingBy: UInt128(period))
        return periods * UInt128(onesBefore[period]) + UInt128(onesBefore[Int(rest)])
    }
}
