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
        let label = report.source == .hardware ? "" : report.source == .simulated ? "SIMULATED: " : "breakpoint: "
        return ledger(points, label, width) + skid(points, label, width)
    }

    /// Of the run that took the most PMIs.
    private func ledger(_ points: EvidencePoints, _ label: String, _ width: Int) -> [String] {
        guard let line = points.ledgers.max(by: { $0.count < $1.count }), line.count >= 4,
            let last = line.last, let least = line.map(\.counts).min(), let greatest = line.map(\.counts).max(),
            least != 0 || greatest != 0
        else { return [] }
        let (low, high) = (min(0, least), max(0, greatest))
        let margin = max(figure(low).count, figure(high).count)
        let columns = min(Self.widest, max(8, width - margin - 6), line.count)
        var cells = [[Character]](repeating: [Character](repeating: " ", count: columns), count: Self.height)
        for (index, point) in line.enumerated() {
            cells[row(point.counts, low, high)][index * columns / line.count] = "*"
        }
        let rows = cells.enumerated().map { index, row in
            let figure = index == 0 ? figure(high) : index == Self.height - 1 ? figure(low) : ""
            let text = "  \(padded(figure, margin)) | " + String(row)
            return String(text.reversed().drop { $0 == " " }.reversed())
        }
        let heading = "\(label)branches missing so far, over the \(Figures.grouped(last.pmi)) PMIs of one run"
        return [""] + style.wrapped(heading, indent: 2, hanging: 2) + rows
    }

    /// The row of a value, the greatest at the top. In floating point, where the span of two numbers always has a
    /// place.
    private func row(_ value: Int64, _ low: Int64, _ high: Int64) -> Int {
        let share = (Double(high) - Double(value)) / (Double(high) - Double(low))
        return min(Self.height - 1, max(0, Int((share * Double(Self.height - 1)).rounded())))
    }

    private func skid(_ points: EvidencePoints, _ label: String, _ width: Int) -> [String] {
        guard points.skids.count >= 4 else { return [] }
        let bins = SkidBins(points.skids, most: Self.mostBars)
        guard let tallest = bins.counts.max(), tallest > 0 else { return [] }
        let names = bins.starts.map { start in
            bins.width == 1
                ? figure(start) : "\(figure(start)) to \(figure(start &+ Int64(truncatingIfNeeded: bins.width) &- 1))"
        }
        let margin = names.map(\.count).max() ?? 0
        let counts = bins.counts.map { Figures.grouped(UInt64($0)) }
        let longest = max(4, min(Self.widest, width - margin - 8 - (counts.map(\.count).max() ?? 0)))
        let rows = zip(names, zip(bins.counts, counts)).map { name, bar in
            // Of one PMI in a million something must still be seen.
            let length = bar.0 == 0 ? 0 : max(1, bar.0 * longest / tallest)
            return
                "  \(padded(name, margin)) | \(String(repeating: "#", count: length))\(length > 0 ? " " : "")\(bar.1)"
        }
        let heading = "\(label)skid, in branches, of \(Figures.counted(UInt64(points.skids.count), "PMI"))"
        return [""] + style.wrapped(heading, indent: 2, hanging: 2) + rows
    }

    private func figure(_ value: Int64) -> String { (value < 0 ? "-" : "") + Figures.grouped(value.magnitude) }

    private func padded(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }
}
