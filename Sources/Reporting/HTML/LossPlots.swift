import Diagnosis
import Measurement

/// Loss so far over the PMIs of a run, a line for each run: what is lost at each PMI climbs, what is lost once does
/// not.
enum LossPlot {
    private static let mostLines = 400
    private static let mostPoints = 12_000

    static func figure(_ points: EvidencePoints) -> HTML? {
        let all = points.ledgers.filter { !$0.isEmpty }
        let rows = all.reduce(0) { $0 + $1.count }
        guard rows > 0 else { return nil }
        let scale = LossScale(all.lazy.flatMap { $0 }.map(\.counts))
        let longest = all.lazy.compactMap { $0.last?.pmi }.max() ?? 1
        let frame = PlotFrame(
            x: PlotRange(holding: 0, Double(longest)),
            y: scale.range, xTitle: "PMI of its run", yTitle: scale.title(" so far"))
        let chosen = ThinnedLine.chosen(all, most: mostLines)
        let isDrawnWhole = chosen.reduce(0) { $0 + $1.count } <= mostPoints
        let drawn =
            isDrawnWhole ? chosen : chosen.map { ThinnedLine.thinned($0, most: mostPoints / chosen.count) }
        let caption = sentence(all.count, rows, scale) + thinning(rows, drawn)
        return PlotFigure.figure(
            id: "loss", title: "Loss over the PMIs of a run", caption: caption, frame: frame,
            marks: lines(drawn, frame, scale))
    }

    /// Runs of a kind often draw the very same line: once is enough.
    private static func lines(_ drawn: [[EvidencePoints.Loss]], _ frame: PlotFrame, _ scale: LossScale) -> [HTML] {
        var seen: Set<String> = []
        return drawn.compactMap { line in
            let places = line.map { point in
                "\(fixed(frame.across(Double(point.pmi)))) \(fixed(frame.down(scale.height(point.counts))))"
            }
            // A line of no length with round ends is a dot.
            let path = "M" + (places.count == 1 ? places + places : places).joined(separator: "L")
            return seen.insert(path).inserted ? "<path class=\"line\" d=\"\(path)\"/>\n" : nil
        }
    }

    private static func sentence(_ runs: Int, _ rows: Int, _ scale: LossScale) -> String {
        let what = "\(Figures.counted(UInt64(rows), "PMI")) kept row by row, of \(Figures.counted(UInt64(runs), "run"))"
        if scale.least == 0, scale.greatest == 0 { return "\(what): at none of them a branch was missing." }
        return "\(what): \(Direction.words(deficits: scale.least, scale.greatest)) so far."
    }

    private static func thinning(_ rows: Int, _ drawn: [[EvidencePoints.Loss]]) -> String {
        let kept = drawn.reduce(0) { $0 + $1.count }
        guard kept < rows else { return "" }
        return " Drawn are \(Figures.grouped(UInt64(kept))) of the points, the least and the greatest of each stretch"
            + " among them; the JSON has all that were kept."
    }
}

/// Deficit over the number of PMIs, a dot for each counter of a run, with its line: a fault of the PMI has a slope.
enum DeficitPlot {
    static func figure(_ points: EvidencePoints) -> HTML? {
        let all = points.overflowing + points.bystanders + points.uninterrupted
        guard !points.overflowing.isEmpty || !points.bystanders.isEmpty else { return nil }
        let scale = LossScale(all.map(\.counts))
        let most = all.map(\.pmis).max() ?? 0
        let frame = PlotFrame(
            x: PlotRange(holding: 0, Double(max(1, most))),
            y: scale.range, xTitle: "PMIs of the run", yTitle: scale.title(" in the run"))
        var marks: [HTML] = []
        if let slope = points.slope { marks += line(slope, most: Double(most), frame, scale) }
        marks += dots(points.uninterrupted, "dot none", frame, scale)
        marks += dots(points.overflowing, "dot", frame, scale)
        marks += dots(points.bystanders, "dot ring", frame, scale)
        return PlotFigure.figure(
            id: "deficit", title: "Deficit over the number of PMIs", caption: caption(points), frame: frame,
            marks: marks)
    }

    private static func line(
        _ slope: (perPMI: Double, perRun: Double), most: Double, _ frame: PlotFrame, _ scale: LossScale
    ) -> [HTML] {
        let sign = scale.height(1)
        let (first, last) = (sign * slope.perRun, sign * (slope.perRun + slope.perPMI * most))
        guard first.isFinite, last.isFinite else { return [] }
        // The fit may leave the plot at its ends; a drawing has no clip of its own here.
        func inside(_ value: Double) -> String { fixed(frame.down(min(max(value, frame.y.low), frame.y.high))) }
        return [
            """
            <path class="fit" d="M\(fixed(frame.across(0))) \(inside(first))\
            L\(fixed(frame.across(most))) \(inside(last))"/>

            """
        ]
    }

    /// Runs at the same place of the page are one dot.
    private static func dots(
        _ points: [EvidencePoints.Deficit], _ kind: String, _ frame: PlotFrame, _ scale: LossScale
    ) -> [HTML] {
        var seen: Set<String> = []
        return points.compactMap { point in
            let (x, y) = (fixed(frame.across(Double(point.pmis))), fixed(frame.down(scale.height(point.counts))))
            return seen.insert("\(x) \(y)").inserted
                ? "<circle class=\"\(kind)\" cx=\"\(x)\" cy=\"\(y)\" r=\"\(kind == "dot ring" ? "5" : "3")\"/>\n" : nil
        }
    }

    private static func caption(_ points: EvidencePoints) -> String {
        var parts: [String] = []
        if !points.overflowing.isEmpty {
            parts.append("Filled: \(points.overflowing.count) counters that overflowed.")
        }
        if !points.bystanders.isEmpty {
            parts.append("Rings: \(points.bystanders.count) beside them that did not.")
        }
        if !points.uninterrupted.isEmpty {
            let runs = points.uninterrupted.count
            parts.append("At zero PMIs: \(Figures.counted(UInt64(runs), "run")) without a PMI of their own.")
        }
        if let text = points.slopeText { parts.append("The line: \(text).") }
        return parts.joined(separator: " ")
    }
}

/// What a recording and its replay miss, event by event, and the first event at which they differ.
enum TimelinePlot {
    static func figure(_ runs: [RunRecord]) -> HTML? {
        let pairs = RecordedPair.all(in: runs).filter { $0.recording.timeline?.isEmpty == false }
        // One that diverges says more than one that does not.
        guard let pair = pairs.first(where: { $0.divergence != nil }) ?? pairs.first else { return nil }
        // A kept report may have any number of rows.
        func rows(_ run: RunRecord) -> [TimelineRow] { Array((run.timeline ?? []).prefix(RunRecord.timelineLimit)) }
        let (recorded, replayed) = (rows(pair.recording), rows(pair.replay))
        let scale = LossScale((recorded + replayed).map(\.lossSoFar))
        let frame = PlotFrame(
            x: PlotRange(holding: 0, Double(max(1, recorded.last?.event ?? 1))),
            y: scale.range, xTitle: "event of the program", yTitle: scale.title(" so far"))
        var marks = [line(recorded, "line", frame, scale), line(replayed, "line replayed", frame, scale)]
        if let first = pair.divergence?.recorded {
            marks.append(
                """
                <circle class="dot ring" cx="\(fixed(frame.across(Double(first.event))))" \
                cy="\(fixed(frame.down(scale.height(first.lossSoFar))))" r="5"/>

                """)
        }
        return PlotFigure.figure(
            id: "timeline", title: "A recording and its replay", caption: caption(pair, recorded.count), frame: frame,
            marks: marks)
    }

    /// A count stays what it is until the next event.
    private static func line(
        _ rows: [TimelineRow], _ kind: String, _ frame: PlotFrame, _ scale: LossScale
    ) -> HTML {
        var path = ""
        for row in rows {
            let (x, y) = (fixed(frame.across(Double(row.event))), fixed(frame.down(scale.height(row.lossSoFar))))
            path += path.isEmpty ? "M\(x) \(y)" : "H\(x)V\(y)"
        }
        return "<path class=\"\(kind)\" d=\"\(path)\"/>\n"
    }

    private static func caption(_ pair: RecordedPair, _ events: Int) -> String {
        let what =
            "\(Figures.counted(UInt64(events), "event")), recorded with \(Figures.counted(pair.recording.pmis, "PMI"))"
            + " (full line) and replayed without (broken line)"
        guard let divergence = pair.divergence else { return "\(what): the same count at each of them." }
        let (recorded, counts) = (divergence.recorded, divergence.counts)
        return "\(what). The ring: the first difference, at event \(recorded.event) (\(recorded.kind)), after "
            + "\(Figures.counted(recorded.pmisBefore, "PMI")): the recording is \(counts > 0 ? "low" : "high") by "
            + "\(Figures.grouped(counts.magnitude)). From here on a replay of it is another program."
    }
}

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
