import Measurement

/// A recording to be made.
public struct RecordingPlan: Sendable, Hashable {
    public var program: RecordedProgram
    /// Counts between two overflows, 2 or more; nil for none, which is what a replay does.
    public var period: UInt64?
    public var cpu: Int
    /// Losses to plant at the PMIs (the control); nil for none.
    public var planted: PlantedLosses?
    /// Instructions to execute behind each PMI before its place is noted, one to so many, drawn from the program's
    /// seed: the places then are not only those where interrupts come. 0 for none.
    public var stepsBehindPMI: UInt64 = 0

    public init(program: RecordedProgram, period: UInt64?, cpu: Int, planted: PlantedLosses? = nil) {
        self.program = program
        self.period = period
        self.cpu = cpu
        self.planted = planted
    }
}
