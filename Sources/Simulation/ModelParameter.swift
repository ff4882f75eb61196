/// One parameter of a model: its key, its range, what it means, and how it is read and written.
public struct ModelParameter: Sendable {
    /// As it stands before the `=`.
    public let key: String
    /// What may stand after it: "0 to 1000000", "yes or no", "none, overflow or delivery".
    public let allowed: String
    public let meaning: String
    let text: @Sendable (SimulatedModel) -> String
    /// False where the text is not allowed; the model is then unchanged.
    let set: @Sendable (inout SimulatedModel, String) -> Bool
}

extension ModelParameter {
    typealias Path<Value> = any WritableKeyPath<SimulatedModel, Value> & Sendable

    static func number(
        _ key: String, _ path: Path<UInt64>, _ range: ClosedRange<UInt64>, _ meaning: String
    ) -> ModelParameter {
        ModelParameter(
            key: key, allowed: "\(range.lowerBound) to \(range.upperBound)", meaning: meaning,
            text: { "\($0[keyPath: path])" },
            set: { model, text in
                guard let value = number(text), range.contains(value) else { return false }
                model[keyPath: path] = value
                return true
            })
    }

    /// Odds: 0 is never.
    static func oneIn(_ key: String, _ path: Path<UInt64>, _ meaning: String)
        -> ModelParameter
    {
        number(key, path, 0...1_000_000_000_000, meaning + " (0 is never)")
    }

    static func flag(_ key: String, _ path: Path<Bool>, _ meaning: String)
        -> ModelParameter
    {
        ModelParameter(
            key: key, allowed: "yes or no", meaning: meaning,
            text: { $0[keyPath: path] ? "yes" : "no" },
            set: { model, text in
                guard let value = ["yes": true, "no": false][text] else { return false }
                model[keyPath: path] = value
                return true
            })
    }

    static func range(_ key: String, _ path: Path<CountRange>, upTo limit: UInt64, _ meaning: String) -> ModelParameter
    {
        ModelParameter(
            key: key, allowed: "N or LOW-HIGH, up to \(limit)", meaning: meaning,
            text: { $0[keyPath: path].description },
            set: { model, text in
                guard let value = countRange(text), value.high <= limit else { return false }
                model[keyPath: path] = value
                return true
            })
    }

    static func choice<Value: RawRepresentable<String> & CaseIterable & Sendable>(
        _ key: String, _ path: Path<Value>, _ meaning: String
    ) -> ModelParameter {
        ModelParameter(
            key: key, allowed: Value.allCases.map(\.rawValue).joined(separator: ", "), meaning: meaning,
            text: { $0[keyPath: path].rawValue },
            set: { model, text in
                guard let value = Value(rawValue: text) else { return false }
                model[keyPath: path] = value
                return true
            })
    }

    static func skid(_ key: String, _ meaning: String) -> ModelParameter {
        ModelParameter(
            key: key, allowed: "N, LOW-HIGH or tail:MEAN:LARGEST, up to \(longestSkid)", meaning: meaning,
            text: { $0.skid.description },
            set: { model, text in
                guard let skid = distribution(text), skid.largest <= longestSkid else { return false }
                model.skid = skid
                return true
            })
    }

    /// Far above the latest PMI reported, 18,000 branches (rr issue 2720).
    private static let longestSkid: UInt64 = 1_000_000

    /// Digits alone: `UInt64.init` takes a sign as well.
    private static func number(_ text: some StringProtocol) -> UInt64? {
        text.allSatisfy { ("0"..."9").contains($0) } ? UInt64(text) : nil
    }

    private static func countRange(_ text: some StringProtocol) -> CountRange? {
        let ends = text.split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count <= 2, let first = ends.first, let last = ends.last, let low = number(first),
            let high = number(last), low <= high
        else { return nil }
        return CountRange(low, high)
    }

    private static func distribution(_ text: String) -> SkidDistribution? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        if parts.count == 3, parts[0] == "tail", let mean = number(parts[1]), let largest = number(parts[2]) {
            // A tail needs room above the mean; below twice the mean it would lean the other way.
            return mean > 0 && largest >= 2 * mean ? .longTailed(mean: mean, largest: largest) : nil
        }
        guard let range = countRange(text) else { return nil }
        return range.low == range.high ? .fixed(range.low) : .uniform(low: range.low, high: range.high)
    }
}
