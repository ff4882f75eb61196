/// A loss that truecount itself planted: the positive control.
public struct PlantedLoss: Codable, Sendable, Hashable {
    /// Counts to pass uncounted at each PMI.
    public var perPMI: UInt64
    /// Counts that did pass while the counter was disabled, summed over the run, as single-stepping saw them.
    public var total: UInt64
    /// The PMIs at which a loss was planted.
    public var pmis: UInt64

    public init(perPMI: UInt64, total: UInt64, pmis: UInt64) {
        self.perPMI = perPMI
        self.total = total
        self.pmis = pmis
    }
}
