import Measurement

/// A run in a circumstance that could not be made, and why.
public struct Refusal: Codable, Sendable, Hashable {
    public var probe: String
    public var circumstance: Circumstance
    /// Counts of the sampled event between two overflows, as planned.
    public var period: UInt64?
    public var reason: String

    init(_ plan: RunPlan, _ circumstance: Circumstance, because reason: String) {
        probe = plan.probe
        self.circumstance = circumstance
        period = plan.period
        self.reason = reason
    }
}
