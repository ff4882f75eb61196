import Measurement

/// A run under a condition that could not be made, and why.
public struct Refusal: Codable, Sendable, Hashable {
    public var probe: String
    public var condition: Condition
    /// Counts of the sampled event between two overflows, as planned.
    public var period: UInt64?
    public var reason: String

    init(_ plan: RunPlan, _ condition: Condition, because reason: String) {
        probe = plan.probe
        self.condition = condition
        period = plan.period
        self.reason = reason
    }
}
