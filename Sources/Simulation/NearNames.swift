/// Names that a mistyped one may have been meant to be.
enum NearNames {
    /// At most three, the nearest first: those that begin alike or hold what was typed, and those a few letters away.
    static func of(_ name: String, among names: [String]) -> [String] {
        guard !name.isEmpty, name.count <= 64 else { return [] }
        let ranked = names.compactMap { candidate -> (name: String, distance: Int)? in
            if candidate.contains(name) { return (candidate, 0) }
            let distance = editDistance(name, candidate)
            return distance <= max(1, name.count / 3) ? (candidate, distance) : nil
        }
        return ranked.sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }.prefix(3).map(\.name)
    }

    /// Letters to insert, remove or replace (Levenshtein, 1966).
    private static func editDistance(_ left: String, _ right: String) -> Int {
        let (left, right) = (Array(left.utf8), Array(right.utf8))
        var previous = Array(0...right.count)
        for (row, byte) in left.enumerated() {
            var current = [row + 1]
            for (column, other) in right.enumerated() {
                current.append(
                    min(previous[column + 1] + 1, current[column] + 1, previous[column] + (byte == other ? 0 : 1)))
            }
            previous = current
        }
        return previous[right.count]
    }
}
