import FoundationEssentials
import Measurement
import Testing

@testable import Diagnosis
@testable import Reporting

@Suite("The plots of a page")
struct HTMLPlotTests {
    @Test("An axis holds its values, has whole numbers apart by 1, 2 or 5, and no more steps than asked for")
    func axes() {
        var random = SeededGenerator(seed: 11)
        for _ in 0..<2000 {
            let bound = Int64(1) << Int64.random(in: 0...50, using: &random)
            let (first, second) = (
                Int64.random(in: -bound...bound, using: &random), Int64.random(in: -bound...bound, using: &random)
            )
            let range = PlotRange(holding: Double(first), Double(second))
            #expect(range.low <= Double(min(first, second)) && range.high >= Double(max(first, second)))
            #expect((2...7).contains(range.ticks.count), "\(first) \(second): \(range.ticks)")
            #expect(range.ticks.allSatisfy { $0 == $0.rounded() })
            #expect(range.ticks.first == range.low && range.ticks.last == range.high)
        }
        #expect(PlotRange(holding: 0, 2000).ticks == [0, 500, 1000, 1500, 2000])
        #expect(PlotRange(holding: 0, 0).ticks == [-1, 0, 1])
        for extreme in [Double(Int64.max), Double(Int64.min), Double(UInt64.max)] {
            let range = PlotRange(holding: extreme, extreme)
            #expect(range.low < range.high && range.share(extreme).isFinite)
        }
    }

    @Test("Thinning keeps both ends, the least and the greatest value, their order, and nothing that was not there")
    func thinning() {
        var random = SeededGenerator(seed: 3)
        for most in [4, 10, 101, 1000] {
            let line = (1...5000).map { index in
                EvidencePoints.Loss(pmi: index, counts: Int64.random(in: -1000...1000, using: &random))
            }
            let thin = ThinnedLine.thinned(line, most: most)
            #expect(thin.count <= max(4, most))
            #expect(thin.first == line.first && thin.last == line.last)
            #expect(thin.map(\.counts).min() == line.map(\.counts).min())
            #expect(thin.map(\.counts).max() == line.map(\.counts).max())
            #expect(zip(thin, thin.dropFirst()).allSatisfy { $0.pmi < $1.pmi })
            #expect(thin.allSatisfy { line[Int($0.pmi) - 1] == $0 })
        }
        let short = [EvidencePoints.Loss(pmi: 1, counts: 3)]
        #expect(ThinnedLine.thinned(short, most: 4) == short)
    }

    @Test("Of too many lines those with the extreme values stay")
    func chosen() {
        var lines = (0..<1000).map { [EvidencePoints.Loss(pmi: 1, counts: Int64($0 % 7))] }
        lines[517] = [EvidencePoints.Loss(pmi: 1, counts: 900)]
        lines[733] = [EvidencePoints.Loss(pmi: 1, counts: -900)]
        let chosen = ThinnedLine.chosen(lines, most: 40)
        #expect(chosen.count <= 40 && chosen.contains(lines[517]) && chosen.contains(lines[733]))
        #expect(ThinnedLine.chosen(Array(lines.prefix(3)), most: 40).count == 3)
    }

    @Test("Every skid falls into its bar, however far apart they are")
    func bins() {
        var random = SeededGenerator(seed: 5)
        let spans: [ClosedRange<Int64>] = [0...0, 10...10, 0...40, -4...10, -1_000_000...3, .min ... .max]
        for span in spans {
            let skids = Histogram((0..<500).map { _ in Int64.random(in: span, using: &random) })
            let bins = SkidBins(skids, most: 48)
            #expect(bins.counts.reduce(0, +) == 500 && bins.counts.count <= 48)
            #expect(bins.starts.count == bins.counts.count && bins.starts.first == skids.min)
        }
        #expect(SkidBins(Histogram([3, 3, 4, 9]), most: 48).counts == [2, 1, 0, 0, 0, 0, 1])
        #expect(SkidBins(Histogram(), most: 48).counts.isEmpty)
    }

    @Test("The points of the lab's freezing kernel: 10 more at each PMI, on both counters, and none without")
    func points() throws {
        let report = try ReportFile.read("\(CommittedReports.folder)/lab/5.10.262-v4pmi-on-skid10.json")
        let points = EvidencePoints(runs: report.runs, source: report.source, skidLimit: report.skid?.rrLimit)
        let rows = report.runs.filter { $0.planted == nil && ($0.arm == .besideSameEvent || $0.arm == .samplerTotal) }
            .flatMap { $0.ledger?.kept ?? [] }
        #expect(points.ledgers.flatMap { $0 }.map(\.counts) == rows.compactMap(\.lossSoFar))
        // All lines climb by 10 a PMI.
        let steps = report.runs.filter { $0.planted == nil && $0.arm != .besideOtherEvent }.compactMap(\.ledger?.losses)
            .reduce(into: Histogram()) { $0.merge($1) }
        #expect(steps.counts.keys.sorted() == [10] && steps.total > 1_000)
        for line in points.ledgers where line.count >= 4 {
            let climb = zip(line, line.dropFirst()).count { $1.counts - $0.counts != 10 * Int64($1.pmi - $0.pmi) }
            #expect(climb <= 1)
        }
        #expect(points.skids.total == report.skid?.pmis && points.skids.counts.keys.sorted() == [10])
        #expect(!points.uninterrupted.isEmpty && points.uninterrupted.allSatisfy { $0.counts == 0 })
        let evidence = report.findings.flatMap(\.evidence).map { $0.replacing(" of their own", with: "") }
        #expect(evidence.contains("deficit over PMIs: \(points.slopeText ?? "")"))
        let figure = try #require(LossPlot.figure(points))
        let most = try #require(points.ledgers.flatMap { $0 }.map(\.counts).max())
        #expect(
            figure.source.contains(
                " PMIs kept row by row, of \(points.ledgers.count) runs: 0 to \(Figures.grouped(UInt64(most))) lost so far."
            ))
        #expect(try #require(SkidPlot.figure(points, report.skid)).source.contains("each 10 branches late"))
    }

    @Test("One late PMI in 100,000 is seen: the axis has powers of ten, rr's limit is a line, the far ones have a band")
    func skidTail() throws {
        var run = try #require(Fixtures.run().first)
        var builder = LedgerBuilder(period: 100_003)
        for index in 1...UInt64(2000) {
            let skid: UInt64 = index == 77 ? 5_000 : index == 78 ? 104 : 10
            builder.add(
                LedgerRow(
                    index: index, time: index, offset: 42, truePosition: index * 100_003 + skid,
                    counted: index * 100_003 + skid))
        }
        run.ledger = builder.ledger
        let result = Report(
            result: {
                var result = Fixtures.accurate
                result.runs = [run]
                return result
            }(),
            environment: Fixtures.skylake, startedAt: .now, arguments: [], seed: 1)
        var summary = try #require(SkidSummary(Evidence(runs: [run], source: .hardware, skidLimit: 100)))
        let points = EvidencePoints(runs: result.runs, source: .hardware, skidLimit: 100)
        let source = try #require(SkidPlot.figure(points, summary)).source
        #expect(source.contains("rr allows 100<") && source.contains("class=\"limit\""))
        #expect(source.contains(">1,000<") && source.contains(">10<") && source.contains(">1<"))
        #expect(source.contains("The bar at the right: 2 PMIs later than 100."))
        #expect(source.contains("2 PMIs later than 100, the latest 5000</title>"))
        // Bars of one PMI are as high as a label, not a hair.
        let heights = source.split(separator: "class=\"bar").dropFirst().compactMap { bar in
            bar.split(separator: " height=\"").dropFirst().first.flatMap { Double($0.prefix { $0 != "\"" }) }
        }
        #expect(heights.count == 2 && heights.allSatisfy { $0 > 10 }, "\(heights)")
        summary.rrLimit = nil
        #expect(try #require(SkidPlot.figure(points, summary)).source.contains("later than "))
        #expect(!(try #require(SkidPlot.figure(points, summary)).source.contains("rr allows")))
    }

    @Test("An axis of powers of ten holds its values and begins a little below one")
    func powers() {
        for value in [1, 2, 9, 10, 11, 999, 1000, 1_000_001, UInt64.max] {
            let range = PlotRange(powersOfTenUpTo: value)
            #expect(range.share(PlotRange.power(of: value)) <= 1 && range.share(0) > 0.01)
            #expect(range.text(range.ticks[0]) == "1" && range.ticks.count >= 2)
        }
        #expect(
            PlotRange(powersOfTenUpTo: 1832).ticks.map { PlotRange(powersOfTenUpTo: 1832).text($0) } == [
                "1", "10", "100", "1,000", "10,000",
            ])
    }

    @Test("A healthy kernel's plots are flat, and say so")
    func healthy() throws {
        let report = try ReportFile.read("\(CommittedReports.folder)/lab/6.12.95-healthy-skid0to40.json")
        let points = EvidencePoints(runs: report.runs, source: report.source, skidLimit: report.skid?.rrLimit)
        #expect((points.overflowing + points.bystanders + points.uninterrupted).allSatisfy { $0.counts == 0 })
        #expect(try #require(LossPlot.figure(points)).source.contains("at none of them a branch was missing"))
        #expect(points.slopeText == "slope 0.00 per PMI, intercept 0.00 per run")
    }

    /// A recording that loses so many counts at event 2, after its first PMI, and its replay.
    private func recorded(losing loss: UInt64) throws -> [RunRecord] {
        let template = try #require(Fixtures.run().first)
        return [Arm.samplerTotal, Arm.countingAlone].map { (arm: Arm) -> RunRecord in
            var run = template
            (run.arm, run.condition, run.disturbances) = (arm, Condition(.recorder, level: 7), [])
            run.pmis = arm == .samplerTotal ? 1 : 0
            run.timeline = (0..<4 as Range<UInt64>).map { event in
                let isLater = arm == .samplerTotal && event >= 2
                return TimelineRow(
                    event: event, kind: event == 3 ? "end" : "<signal>", pmisBefore: isLater ? 1 : 0,
                    expected: 100 * event, counted: 100 * event - (isLater ? loss : 0))
            }
            return run
        }
    }

    @Test("A recording that diverges has a ring at its first difference, and the caption says where that is")
    func divergence() throws {
        let source = try #require(TimelinePlot.figure(try recorded(losing: 10))).source
        #expect(source.contains("4 events, recorded with 1 PMI (full line) and replayed without (broken line)."))
        #expect(source.contains("The ring: the first difference, at event 2 (&lt;signal&gt;), after 1 PMI: "))
        #expect(source.contains("the recording is low by 10."))
        #expect(source.contains("class=\"dot ring\"") && source.contains("class=\"line replayed\""))
    }

    @Test("A recording that replays has none; of several the one that diverges is drawn")
    func equal() throws {
        let healthy = try recorded(losing: 0)
        let source = try #require(TimelinePlot.figure(healthy)).source
        #expect(source.contains("the same count at each of them.") && !source.contains("dot ring"))
        var faulty = try recorded(losing: 3)
        for index in faulty.indices { faulty[index].condition = Condition(.recorder, level: 8) }
        #expect(try #require(TimelinePlot.figure(healthy + faulty)).source.contains("low by 3."))
    }

    @Test("Numbers of any size in a kept report are drawn")
    func extremes() throws {
        var runs = try recorded(losing: 1)
        runs[0].timeline = [0, UInt64.max].map {
            TimelineRow(event: $0, kind: "", pmisBefore: $0, expected: 0, counted: $0 / 2 + 1)
        }
        #expect(TimelinePlot.figure(runs) != nil)
        runs[1].timeline = []
        #expect(TimelinePlot.figure(runs) != nil)
        runs[0].timeline = []
        #expect(TimelinePlot.figure(runs) == nil)
    }

    @Test("Without runs there is nothing to draw")
    func nothing() {
        let points = EvidencePoints(runs: [], source: .hardware, skidLimit: nil)
        #expect(LossPlot.figure(points) == nil && DeficitPlot.figure(points) == nil)
        #expect(SkidPlot.figure(points, nil) == nil && TimelinePlot.figure([]) == nil)
    }
}
