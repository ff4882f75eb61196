import Diagnosis

/// Lines with no more points than a screen can show: of each stretch of a line its least and its greatest value stay,
/// so that no outlier disappears, and so do its ends.
enum ThinnedLine {
    /// - Parameter most: Points to keep; at least four of them are.
    static func thinned(_ line: [EvidencePoints.Loss], most: Int) -> [EvidencePoints.Loss] {
        guard line.count > max(4, most) else { return line }
        let stretches = max(1, (most - 2) / 2)
        let inner = line.dropFirst().dropLast()
        var kept = Array(line.prefix(1))
        for stretch in 0..<stretches {
            let from = inner.startIndex + inner.count * stretch / stretches
            let to = inner.startIndex + inner.count * (stretch + 1) / stretches
            let part = inner[from..<to].indices
            guard let least = part.min(by: { line[$0].counts < line[$1].counts }),
                let greatest = part.max(by: { line[$0].counts < line[$1].counts })
            else { continue }
            kept += least == greatest ? [line[least]] : [line[min(least, greatest)], line[max(least, greatest)]]
        }
        return kept + line.suffix(1)
    }

    /// As many lines as can be told apart at all: evenly taken from all, with those of the extreme values among them.
    static func chosen(_ lines: [[EvidencePoints.Loss]], most: Int) -> [[EvidencePoints.Loss]] {
        guard lines.count > most, most > 2 else { return lines }
        func least(_ line: [EvidencePoints.Loss]) -> Int64 { line.map(\.counts).min() ?? 0 }
        func greatest(_ line: [EvidencePoints.Loss]) -> Int64 { line.map(\.counts).max() ?? 0 }
        let extremes = [
            lines.indices.min { least(lines[$0]) < least(lines[$1]) },
            lines.indices.max { greatest(lines[$0]) < greatest(lines[$1]) },
            lines.indices.max { lines[$0].count < lines[$1].count },
        ]
        let even = (0..<(most - 3)).map { lines.count * $0 / (most - 3) }
        return Set(even + extremes.compactMap(\.self)).sorted().map { lines[$0] }
    }
}
