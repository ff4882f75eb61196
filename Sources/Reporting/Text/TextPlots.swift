import Diagnosis
import Measurement

/// The ledger and the skid as pictures of characters, for a terminal. They come only where counts went wrong at PMIs:
/// a climb, a single step and a scatter are told apart at a glance, and a healthy line tells nothing. ASCII alone, as
/// not every console of a machine in trouble has more.
struct TextPlots {
    let style: TextStyle

    private static let height = 6
    private static let widest = 64
    private static let mostBars = 8

    func lines(_ report: Report) -> [String] {
        guard let width = style.lineWidth, report.findings.contains(where: { $0.per == .pmi || $0.fault == .lostPMI })
        else { return [] }
        let points = EvidencePoints(runs: report.runs, source: report.source, skidLimit: report.skid?.rrLimit)
        let label = report.source.label(with: ": ")
        return ledger(points, label, width) + skid(points, label, width)
    }

    /// Of the run that took the most PMIs.
    private func ledger(_ points: EvidencePoints, _ label: String, _ width: Int) -> [String] {
        guard let line = points.ledgers.max(by: { $0.count < $1.count }), line.count >= 4,
            let last = line.last, line.contains(where: { $0.counts != 0 })
        else { return [] }
        let scale = LossScale(line.map(\.counts))
        let ends = [scale.high, scale.low].map { Figures.grouped(UInt64($0.magnitude)) }
        let margin = ends.map(\.count).max() ?? 0
        let columns = min(Self.widest, max(8, width - margin - 6), line.count)
        var cells = [[Character]](repeating: [Character](repeating: " ", count: columns), count: Self.height)
        for point in line {
            // A report keeps some rows of a ledger: each stands where its PMI came.
            let place = Double(max(1, point.pmi) - 1) / Double(max(1, last.pmi)) * Double(columns)
            cells[row(point.counts, scale)][Int(min(place, Double(columns - 1)))] = "*"
        }
        let rows = cells.enumerated().map { index, row in
            let figure = index == 0 ? ends[0] : index == Self.height - 1 ? ends[1] : ""
            let text = "  \(padded(figure, margin)) | " + String(row)
            return String(text.reversed().drop { $0 == " " }.reversed())
        }
        let heading = "\(label)\(scale.title(" so far")), over the \(Figures.grouped(last.pmi)) PMIs of one run"
        return [""] + style.wrapped(heading, indent: 2, hanging: 2) + rows
    }

    /// The row of a value, the greatest at the top. In floating point, where the span of two numbers always has a
    /// place.
    private func row(_ loss: Int64, _ scale: LossScale) -> Int {
        let share = (scale.high - scale.height(loss)) / (scale.high - scale.low)
        return min(Self.height - 1, max(0, Int((share * Double(Self.height - 1)).rounded())))
    }

    private func skid(_ points: EvidencePoints, _ label: String, _ width: Int) -> [String] {
        guard points.skids.total >= 4 else { return [] }
        let bins = SkidBins(points.skids, most: Self.mostBars)
        guard let tallest = bins.counts.max(), tallest > 0 else { return [] }
        let figure = Figures.signed
        let names = bins.starts.map { start in
            bins.width == 1
                ? figure(start) : "\(figure(start)) to \(figure(start &+ Int64(truncatingIfNeeded: bins.width) &- 1))"
        }
        let margin = names.map(\.count).max() ?? 0
        let counts = bins.counts.map { Figures.grouped($0) }
        let longest = max(4, min(Self.widest, width - margin - 8 - (counts.map(\.count).max() ?? 0)))
        let rows = zip(names, zip(bins.counts, counts)).map { name, bar in
            // Of one PMI in a million something must still be seen.
            let share = Double(bar.0) / Double(tallest)
            let length = bar.0 == 0 ? 0 : max(1, Int(share * Double(longest)))
            let drawn = String(repeating: "#", count: length) + (length > 0 ? " " : "")
            return "  \(padded(name, margin)) | \(drawn)\(bar.1)"
        }
        let heading = "\(label)skid, in branches, of \(Figures.counted(points.skids.total, "PMI"))"
        return [""] + style.wrapped(heading, indent: 2, hanging: 2) + rows
    }

    private func padded(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }
}
