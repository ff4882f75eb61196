/// Something of this machine that stands in the way of an exact measurement, and what to do about it.
public struct Obstacle: Codable, Sendable, Hashable, CustomStringConvertible {
    /// How much it takes away, the worst first.
    public enum Weight: String, Codable, Sendable, Hashable, CaseIterable, Comparable {
        /// Branches cannot be counted.
        case prevents
        /// Counts can be wrong for that reason.
        case distorts
        /// Something cannot be told apart, or is told less surely.
        case limits

        public static func < (first: Weight, second: Weight) -> Bool {
            (allCases.firstIndex(of: first) ?? 0) < (allCases.firstIndex(of: second) ?? 0)
        }
    }

    /// A slug that stays the same from version to version.
    public var id: String
    public var weight: Weight
    /// What is in the way, in one sentence.
    public var sentence: String
    /// What to do, in one sentence.
    public var remedy: String

    public var description: String { "\(sentence) \(remedy)" }
}
