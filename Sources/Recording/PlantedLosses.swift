import CPerf
import Measurement
import PerfEvents

/// Losses that truecount itself plants in a recording, to prove that they would be seen: at each PMI so many counts
/// pass while the counter is disabled, as if it had been frozen.
public struct PlantedLosses: Codable, Sendable, Hashable {
    /// Fewest and most counts to lose at a PMI.
    public var low: UInt64
    public var high: UInt64
    /// What each loss is drawn from: two recordings of the same program then differ, as real ones do.
    public var seed: UInt64

    public init(low: UInt64, high: UInt64, seed: UInt64) {
        self.low = low
        self.high = high
        self.seed = seed
    }
}

/// Plants them in one recording.
struct LossPlanter {
    private let losses: PlantedLosses
    private var generator: SeededGenerator
    /// Counts lost so far, by the program's own registers.
    private(set) var total: UInt64 = 0
    /// PMIs at which something was lost.
    private(set) var pmis: UInt64 = 0

    init(_ losses: PlantedLosses) {
        self.losses = losses
        generator = SeededGenerator(seed: losses.seed)
    }

    /// Loses counts at the PMI at which the program stands, if its segment is long enough for it.
    mutating func plant(in run: inout CountedProgram) throws(RecordingError) {
        let wanted = losses.low + generator.next() % (losses.high - losses.low + 1)
        // The signal may stop the program before or after the branch that its breakpoint stands on. One step with the
        // counter still enabled, and that branch has been counted exactly once, whichever it was.
        guard wanted > 0, try isRoomy(wanted, run) else { return }
        try run.step()
        guard let before = try run.truePosition() else { return }
        try perf { () throws(PerfError) in try run.counter.disable() }
        var now = before
        while true {
            if now >= before + wanted, try !standsOnTheCountedBranch(run) { break }
            try run.step()
            guard let position = try run.truePosition() else {
                throw .child("the recorded program left its segment while counts were lost there")
            }
            now = position
        }
        try perf { () throws(PerfError) in try run.counter.enable() }
        total += now - before
        pmis += 1
    }

    /// Whether the loss ends well before the segment does: where an event came meanwhile, it would be lost as well.
    private func isRoomy(_ wanted: UInt64, _ run: borrowing CountedProgram) throws(RecordingError) -> Bool {
        let registers = try run.process.registers()
        guard let offset = run.process.code.offset(of: registers.instruction_pointer) else { return false }
        let isInLoop = offset >= run.process.code.loop && offset < run.process.code.left
        return isInLoop && registers.remaining > wanted + 2
    }

    /// A breakpoint counts before its instruction executes. If the counter came back right there, the branch that has
    /// been passed already would be counted.
    private func standsOnTheCountedBranch(_ run: borrowing CountedProgram) throws(RecordingError) -> Bool {
        guard run.walk.counting == .loopBranch else { return false }
        return try run.process.offset() == run.process.code.site
    }
}
