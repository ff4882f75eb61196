import Diagnosis
import Measurement

/// What a page shows where every count is exact, in place of plots of nothing: how rare a loss would have to be to have
/// stayed unseen, and that a loss is seen at all.
enum ExactPlots {
    /// Nil where a count deviates, or a recording differs from its replay: the other plots show more then.
    static func figures(_ report: Report, _ points: EvidencePoints) -> [HTML]? {
        let deficits = points.overflowing + points.bystanders + points.uninterrupted
        let isExact =
            !deficits.isEmpty && deficits.allSatisfy { $0.counts == 0 }
            && points.ledgers.allSatisfy { $0.allSatisfy { $0.counts == 0 } } && report.findings.isEmpty
            && RecordedPair.all(in: report.runs).allSatisfy { $0.divergence == nil }
        return isExact ? [bound(report), ControlPlot.figure(report.runs)].compactMap(\.self) : nil
    }

    private static func bound(_ report: Report) -> HTML? {
        guard report.verdict == .accurate, let totals = report.probes.first(where: { $0.id == "pmi-totals" }),
            totals.pmis > 3
        else { return nil }
        // The verdict's own figure: the rule of three.
        let oneIn = Figures.grouped(UInt64(1 / (3 / Double(totals.pmis))))
        return """
            <figure>
            <h3>What is excluded</h3>
            <p class="large">A loss at one PMI in \(oneIn), or more often</p>
            <figcaption>\(Figures.counted(totals.pmis, "PMI")) in \(Figures.counted(UInt64(max(0, totals.runs)), "run")) \
            lost nothing: with 95 % confidence fewer than one PMI in \(oneIn) loses a branch (rule of three). What strikes \
            less often is not excluded; <code>truecount diagnose --thorough</code> takes more PMIs.</figcaption>
            </figure>

            """
    }
}

/// The positive control: what truecount planted in a run, and what it found missing there.
enum ControlPlot {
    static func figure(_ runs: [RunRecord]) -> HTML? {
        // A loss of nothing is the control's own comparison.
        let points = runs.compactMap { run in
            run.planted.flatMap {
                $0.total > 0 ? (planted: $0.total, found: run.samplerDeviation ?? run.deviation) : nil
            }
        }
        guard let most = points.map(\.planted).max() else { return nil }
        let found = points.map { Double($0.found) }
        let frame = PlotFrame(
            x: PlotRange(holding: 0, Double(most)),
            y: PlotRange(holding: min(0, found.min() ?? 0), max(Double(most), found.max() ?? 0)),
            xTitle: "branches planted in the run", yTitle: "branches found missing")
        var seen: Set<String> = []
        let dots: [HTML] = points.compactMap { point in
            let (x, y) = (fixed(frame.across(Double(point.planted))), fixed(frame.down(Double(point.found))))
            return seen.insert("\(x) \(y)").inserted
                ? "<circle class=\"dot ring\" cx=\"\(x)\" cy=\"\(y)\" r=\"5\"/>\n" : nil
        }
        let (zero, end) = (frame.across(0), frame.across(Double(most)))
        let line: HTML = """
            <path class="fit" d="M\(fixed(zero)) \(fixed(frame.down(0)))L\(fixed(end)) \(fixed(frame.down(Double(most))))"/>

            """
        let same = points.count { $0.found == Int64(clamping: $0.planted) }
        let caption =
            "\(Figures.counted(UInt64(points.count), "run")) in which truecount itself kept branches from being counted:"
            + " in \(same) of them it found just as many missing (the broken line)."
        return PlotFigure.figure(
            id: "control", title: "The control: a planted loss is found", caption: caption, frame: frame,
            marks: [line] + dots)
    }
}
