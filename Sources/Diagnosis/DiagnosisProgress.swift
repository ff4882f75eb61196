/// How far a diagnosis is: for a line on a terminal.
public struct DiagnosisProgress: Sendable, Hashable {
    /// Title of the probe that is running.
    public var probe: String
    public var runsDone: Int
    public var runsPlanned: Int

    public init(probe: String, runsDone: Int, runsPlanned: Int) {
        self.probe = probe
        self.runsDone = runsDone
        self.runsPlanned = runsPlanned
    }
}
