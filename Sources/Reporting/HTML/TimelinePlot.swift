import Diagnosis
import Measurement

/// What a recording and its replay miss, event by event, and the first event at which they differ.
enum TimelinePlot {
    static func figure(_ runs: [RunRecord]) -> HTML? {
        let pairs = RecordedPair.all(in: runs).filter { $0.recording.timeline?.isEmpty == false }
        // One that diverges says more than one that does not.
        guard let pair = pairs.first(where: { $0.divergence != nil }) ?? pairs.first else { return nil }
        // A kept report may have any number of rows.
        func rows(_ run: RunRecord) -> [TimelineRow] { Array((run.timeline ?? []).prefix(RunRecord.timelineLimit)) }
        let (recorded, replayed) = (rows(pair.recording), rows(pair.replay))
        let losses = (recorded + replayed).map(\.lossSoFar)
        let frame = PlotFrame(
            x: PlotRange(holding: 0, Double(max(1, recorded.last?.event ?? 1))),
            y: PlotRange(holding: Double(min(0, losses.min() ?? 0)), Double(max(0, losses.max() ?? 0))),
            xTitle: "event of the program", yTitle: "branches missing so far")
        var marks = [line(recorded, "line", frame), line(replayed, "line replayed", frame)]
        if let first = pair.divergence?.recorded {
            marks.append(
                """
                <circle class="dot ring" cx="\(fixed(frame.across(Double(first.event))))" \
                cy="\(fixed(frame.down(Double(first.lossSoFar))))" r="5"/>

                """)
        }
        return PlotFigure.figure(
            id: "timeline", title: "A recording and its replay", caption: caption(pair, recorded.count), frame: frame,
            marks: marks)
    }

    /// A count stays what it is until the next event.
    private static func line(_ rows: [TimelineRow], _ kind: String, _ frame: PlotFrame) -> HTML {
        var path = ""
        for row in rows {
            let (x, y) = (fixed(frame.across(Double(row.event))), fixed(frame.down(Double(row.lossSoFar))))
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
