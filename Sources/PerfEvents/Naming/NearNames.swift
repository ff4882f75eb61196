/// Names close to a mistyped one.
package enum NearNames {
    /// A third of the letters wrong is a typing error; more is another name.
    private static let toleratedShare = 3
    private static let most = 3

    /// The candidates nearest to `name`, best first: those that hold it, then those a few letters away. Case does not
    /// count: libpfm4 ignores it.
    package static func of(_ name: String, among candidates: [String]) -> [String] {
        let wanted = Array(name.lowercased().utf8)
        guard !wanted.isEmpty else { return [] }
        let limit = max(1, wanted.count / toleratedShare)
        return
            candidates
            .map { (candidate: $0, distance: distance(to: $0, from: wanted, named: name.lowercased(), limit: limit)) }
            .filter { $0.distance <= limit }
            .sorted { ($0.distance, $0.candidate) < ($1.distance, $1.candidate) }
            .prefix(most)
            .map(\.candidate)
    }

    /// Part of a name is a short way to type it, and no mistake; a letter or two is no part.
    private static let shortestPart = 3

    private static func distance(to candidate: String, from wanted: [UInt8], named name: String, limit: Int) -> Int {
        let candidate = candidate.lowercased()
        if wanted.count >= shortestPart, candidate.contains(name) { return 0 }
        return distance(wanted, Array(candidate.utf8), limit: limit)
    }

    /// Levenshtein distance, or any number above `limit` once it is certain to exceed it.
    private static func distance(_ first: [UInt8], _ second: [UInt8], limit: Int) -> Int {
        guard abs(first.count - second.count) <= limit else { return limit + 1 }
        var previous = Array(0...second.count)
        for (row, letter) in first.enumerated() {
            var current = [row + 1]
            current.reserveCapacity(second.count + 1)
            for (column, other) in second.enumerated() {
                current.append(
                    min(
                        previous[column] + (letter == other ? 0 : 1),
                        previous[column + 1] + 1,
                        current[column] + 1))
            }
            previous = current
        }
        return previous[second.count]
    }
}
