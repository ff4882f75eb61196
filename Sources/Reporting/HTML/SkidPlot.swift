import Diagnosis
import Measurement

/// How many PMIs came how late. The axis of PMIs is logarithmic, so that one late PMI in a thousand is seen; skids far
/// beyond the others stand in a band of their own at the right; a line marks what rr allows for.
enum SkidPlot {
    private static let mostBars = 48
    /// A single value needs no beam.
    private static let widest = 22.0

    static func figure(_ points: EvidencePoints, _ summary: SkidSummary?) -> HTML? {
        guard let first = points.skids.min, let last = points.skids.max else { return nil }
        let limit = summary?.rrLimit.map { Int64(clamping: $0) }
        let edge = edge(points.skids, limit)
        let near = points.skids.counts.reduce(into: Histogram()) { near, entry in
            if entry.key <= edge { near.add(entry.key, times: entry.value) }
        }
        let far = points.skids.total - near.total
        let bins = SkidBins(near, most: mostBars)
        // A quarter of the axis is for the band of those beyond.
        let right = Double(max(near.max ?? 0, limit ?? 0)) + Double(bins.width)
        let band = far > 0 ? right + max(1, right / 8) : right
        let frame = PlotFrame(
            x: PlotRange(holding: Double(min(0, first)), band),
            y: PlotRange(powersOfTenUpTo: max(far, bins.counts.max() ?? 1)),
            xTitle: "branches from the overflow to the PMI", yTitle: "PMIs (each line is ten times the one below)")
        var marks = bars(bins, frame, limit: limit)
        if let limit { marks.append(limitLine(limit, frame)) }
        if far > 0 {
            let title = "\(Figures.counted(far, "PMI")) later than \(edge), the latest \(last)"
            marks.append(bar(at: frame.across(band), width: widest, count: far, frame, isLate: true, title))
        }
        return PlotFigure.figure(
            id: "skid", title: "Skid", caption: caption(points.skids, summary, bins, far: far, beyond: edge),
            frame: frame, marks: marks)
    }

    /// The last skid that the axis shows at its place: all of them, unless few are far beyond the rest.
    private static func edge(_ skids: Histogram, _ limit: Int64?) -> Int64 {
        guard let last = skids.max, let usual = skids.quantile(perMille: 990) else { return .max }
        let wide = max(usual, limit ?? 0, 8).multipliedReportingOverflow(by: 2)
        return wide.overflow || last <= wide.partialValue ? last : max(usual, limit ?? 0)
    }

    private static func bars(_ bins: SkidBins, _ frame: PlotFrame, limit: Int64?) -> [HTML] {
        // A few values far from each other are seen as well as many.
        let least = bins.counts.count { $0 > 0 } > 8 ? 1.5 : 6
        return zip(bins.starts, bins.counts).compactMap { start, count in
            guard count > 0 else { return nil }
            // A bar stands over its values: 10 over the middle of 9.5 to 10.5.
            let left = frame.across(Double(start) - 0.5)
            let right = frame.across(Double(start) - 0.5 + Double(bins.width))
            let end = start &+ Int64(bins.width) &- 1
            let range = bins.width == 1 ? "\(start)" : "\(start) to \(end)"
            return bar(
                at: (left + right) / 2, width: min(widest, max(least, right - left - 1)), count: count, frame,
                isLate: limit.map { start > $0 } ?? false, "\(range): \(Figures.counted(count, "PMI"))")
        }
    }

    private static func bar(
        at middle: Double, width: Double, count: UInt64, _ frame: PlotFrame, isLate: Bool, _ title: String
    ) -> HTML {
        let (top, floor) = (frame.down(PlotRange.power(of: count)), frame.down(frame.y.low))
        return """
            <rect class="bar\(isLate ? " late" : "")" x="\(fixed(middle - width / 2))" y="\(fixed(top))" \
            width="\(fixed(width))" height="\(fixed(floor - top))"><title>\(title)</title></rect>

            """
    }

    private static func limitLine(_ limit: Int64, _ frame: PlotFrame) -> HTML {
        // Between the last skid that rr takes and the first that it does not.
        let place = frame.across(Double(limit) + 0.5)
        let isAtRight = frame.x.share(Double(limit)) > 0.5
        return """
            <path class="limit" d="M\(fixed(place)) \(fixed(frame.down(frame.y.low)))V\(fixed(frame.down(frame.y.high)))"/>\
            <text class="limit-text" x="\(fixed(place + (isAtRight ? -6 : 6)))" y="\(fixed(frame.down(frame.y.high) + 14))" \
            text-anchor="\(isAtRight ? "end" : "start")">rr allows \(Figures.grouped(limit.magnitude))</text>

            """
    }

    private static func caption(
        _ skids: Histogram, _ summary: SkidSummary?, _ bins: SkidBins, far: UInt64, beyond edge: Int64
    ) -> String {
        var text = "\(Figures.counted(skids.total, "PMI"))"
        if let summary {
            text +=
                summary.min == summary.max
                ? ", each \(summary.max) branches late."
                : ", \(summary.min) to \(summary.max) branches late: half within \(summary.median), 99 of 100 within"
                    + " \(summary.percentile99)."
            if let limit = summary.rrLimit { text += " rr allows for \(limit) on this CPU." }
        } else {
            text += "."
        }
        if far > 0 { text += " The bar at the right: \(Figures.counted(far, "PMI")) later than \(edge)." }
        return text + (bins.width > 1 ? " A bar holds \(bins.width) values." : "")
    }
}

/// Equal stretches of skids, and how many fall into each.
struct SkidBins: Equatable {
    var width: UInt64
    var starts: [Int64]
    var counts: [UInt64]

    /// - Parameter most: Stretches; at least one.
    init(_ skids: Histogram, most: Int) {
        guard let first = skids.min, let last = skids.max else {
            (width, starts, counts) = (1, [], [])
            return
        }
        // The span of two signed numbers fits into an unsigned one.
        let span = UInt64(bitPattern: last &- first)
        width = span / UInt64(most) + 1
        let bars = Int(span / width) + 1
        let step = width
        starts = (0..<bars).map { first &+ Int64(truncatingIfNeeded: UInt64($0) &* step) }
        counts = [UInt64](repeating: 0, count: bars)
        for (skid, times) in skids.counts { counts[Int(UInt64(bitPattern: skid &- first) / width)] &+= times }
    }
}

/// A field for each CPU, in their order, with its verdict as a word and as a colour.
enum CPUMap {
    static func figure(_ results: [CPUResult]) -> HTML {
        let fields: [HTML] = results.sorted { $0.cpu < $1.cpu }.map { result in
            let faults = result.faults.map(\.rawValue).joined(separator: ", ")
            let detail = [result.coreType, faults.isEmpty ? nil : faults].compactMap(\.self).joined(separator: ", ")
            return """
                <li class="\(result.verdict.rawValue)"><b>\(result.cpu)</b> <span>\(result.verdict.rawValue)</span> \
                <small>\(detail)</small></li>

                """
        }
        return """
            <figure class="cpus">
            <h3>CPUs</h3>
            <ul class="map">
            \(fields)</ul>
            <figcaption>\(sentence(results))</figcaption>
            </figure>

            """
    }

    private static func sentence(_ results: [CPUResult]) -> String {
        Verdict.worstFirst.compactMap { verdict in
            let cpus = results.filter { $0.verdict == verdict }.map(\.cpu).sorted()
            return cpus.isEmpty ? nil : "\(verdict.rawValue): CPU \(cpuListText(cpus))"
        }.joined(separator: "; ")
    }
}
