import Diagnosis
import Measurement

/// How many PMIs came how late.
enum SkidPlot {
    private static let mostBars = 48
    /// A single value needs no beam.
    private static let widest = 22.0

    static func figure(_ points: EvidencePoints, _ summary: SkidSummary?) -> HTML? {
        let skids = points.skids
        guard let first = skids.min, let last = skids.max else { return nil }
        let bins = SkidBins(skids, most: mostBars)
        let tallest = bins.counts.max() ?? 0
        let frame = PlotFrame(
            x: PlotRange(holding: Double(min(0, first)), Double(last) + Double(bins.width)),
            y: PlotRange(holding: 0, Double(tallest)), xTitle: "branches from the overflow to the PMI", yTitle: "PMIs")
        let marks: [HTML] = zip(bins.starts, bins.counts).compactMap { start, count in
            guard count > 0 else { return nil }
            // A bar stands over its values: 10 over the middle of 9.5 to 10.5.
            let left = frame.across(Double(start) - 0.5)
            let right = frame.across(Double(start) - 0.5 + Double(bins.width))
            let width = min(widest, max(1.5, right - left - 1))
            let top = frame.down(Double(count))
            let floor = frame.down(0)
            // Of one PMI in a million something must still be seen.
            let height = max(1, floor - top)
            let range = bins.width == 1 ? "\(start)" : "\(start) to \(start &+ Int64(bins.width) &- 1)"
            return """
                <rect class="bar" x="\(fixed((left + right - width) / 2))" y="\(fixed(floor - height))" \
                width="\(fixed(width))" height="\(fixed(height))">\
                <title>\(range): \(Figures.counted(count, "PMI"))</title></rect>

                """
        }
        return PlotFigure.figure(
            id: "skid", title: "Skid", caption: caption(skids, summary, bins), frame: frame, marks: marks)
    }

    private static func caption(_ skids: Histogram, _ summary: SkidSummary?, _ bins: SkidBins) -> String {
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
