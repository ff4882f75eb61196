/// One way to run a workload.
public enum Arm: String, Codable, Sendable, Hashable, CaseIterable {
    /// A counter alone, without a PMI.
    case countingAlone = "A"
    /// A counter beside a sampler of the same event; the count is the counter's.
    case besideSameEvent = "B"
    /// A counter beside a sampler of another event; the count is the counter's.
    case besideOtherEvent = "C"
    /// A sampler alone; the count is its own total.
    case samplerTotal = "D"

    /// Whether this arm takes PMIs.
    public var samples: Bool { self != .countingAlone }
    /// Whether a bystander counts in this arm.
    public var hasBystander: Bool { self == .besideSameEvent || self == .besideOtherEvent }
}
