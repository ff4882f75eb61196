/// A closed form's result before it is fitted into 64 bits: with 128, no number of iterations can overflow it.
struct WideFigures: Sendable, Hashable {
    var conditionalBranches: UInt128 = 0
    /// Jumps, calls and returns: branches that are always taken.
    var unconditionalBranches: UInt128 = 0
    var takenConditionalBranches: UInt128 = 0
    /// Without the window's own.
    var instructions: UInt128 = 0
    /// Without the window's own.
    var systemCalls: UInt128 = 0
    var lockedInstructions: UInt128 = 0
    var cpuids: UInt128 = 0
    var pageFaults: UInt128 = 0
}

extension WideFigures {
    /// The window's own instructions, on every architecture: the store of the enabling call's result, four that
    /// prepare the disabling call, and that call (`window_open` and `window_close` in routine.h).
    static let windowInstructions: UInt128 = 6

    /// A run's figures: the work and the window around it.
    func insideWindow() -> WideFigures {
        var figures = self
        figures.instructions += Self.windowInstructions
        figures.systemCalls += 1
        return figures
    }

    var clamped: WorkloadFigures {
        WorkloadFigures(
            conditionalBranches: UInt64(clamping: conditionalBranches),
            branches: UInt64(clamping: conditionalBranches + unconditionalBranches),
            takenBranches: UInt64(clamping: takenConditionalBranches + unconditionalBranches),
            instructions: UInt64(clamping: instructions),
            systemCalls: UInt64(clamping: systemCalls))
    }

    /// Of a run's figures: the disabling call is the window's, not the workload's.
    var triggers: WorkloadTriggers {
        WorkloadTriggers(
            lockedInstructions: UInt64(clamping: lockedInstructions), cpuids: UInt64(clamping: cpuids),
            systemCalls: UInt64(clamping: systemCalls - min(1, systemCalls)), pageFaults: UInt64(clamping: pageFaults))
    }
}

extension UInt128 {
    /// Of the iterations in which n, n - 1, … 1 remain: those where that bit of the remaining count is set.
    ///
    /// Of each 2^(bit+1) numbers from 0 on, the upper half has it; of the last, incomplete group, what reaches into
    /// its upper half.
    func iterationsWithBit(_ bit: Int) -> UInt128 {
        let half: UInt128 = 1 << bit
        let (groups, rest) = (self + 1).quotientAndRemainder(dividingBy: 2 * half)
        return groups * half + (rest > half ? rest - half : 0)
    }

    /// Those where it is clear.
    func iterationsWithoutBit(_ bit: Int) -> UInt128 {
        self - iterationsWithBit(bit)
    }

    /// The number that belongs to the architecture for which this is built.
    static func perArchitecture(x86_64: UInt128, aarch64: UInt128) -> UInt128 {
        #if arch(x86_64)
            x86_64
        #else
            aarch64
        #endif
    }
}
