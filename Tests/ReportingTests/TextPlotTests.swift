import Diagnosis
import Measurement
import Testing

@testable import Reporting

@Suite("Plots of characters")
struct TextPlotTests {
    private static func text(_ name: String, width: Int?) throws -> String {
        let report = try ReportFile.read("\(CommittedReports.folder)/lab/\(name).json")
        return TextReport(style: TextStyle(width: width)).render(report)
    }

    @Test("A freezing kernel's ledger climbs, and its skid is one bar, before the verdict", arguments: [40, 80, 200])
    func freeze(width: Int) throws {
        let text = try Self.text("5.10.262-v4pmi-on-skid10", width: width)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let report = try ReportFile.read("\(CommittedReports.folder)/lab/5.10.262-v4pmi-on-skid10.json")
        let losses: [Int64] = report.runs.filter { $0.planted == nil }.compactMap { $0.ledger?.lossAtLast }
        let longest = try #require(losses.max())
        let label = "  \(Figures.grouped(UInt64(longest))) | "
        let top = try #require(lines.firstIndex { $0.hasPrefix(label) })
        let plot = lines[top..<(top + 6)].map { $0.dropFirst(label.count) }
        let starts = plot.compactMap { row in row.firstIndex(of: "*").map { row[..<$0].count } }
        #expect(starts.count == 6 && starts == starts.sorted(by: >) && Set(starts).count == 6)
        let bar = try #require(lines.first { $0.hasPrefix("  10 | #") })
        #expect(bar.hasSuffix("# \(Figures.grouped(report.skid?.pmis ?? 0))"))
        let verdict = try #require(lines.firstIndex { $0.hasPrefix("FAULTY") })
        #expect(top < verdict)
        #expect(lines[top..<(top + 9)].allSatisfy { $0.count <= width && $0.utf8.allSatisfy { $0 < 0x80 } })
    }

    @Test("A healthy kernel has none, and neither has a pipe")
    func none() throws {
        #expect(try !Self.text("6.12.95-healthy-skid0to40", width: 80).contains(" | "))
        #expect(try !Self.text("5.10.262-v4pmi-on-skid10", width: nil).contains(" | "))
    }

    @Test("Positions at the ends of their types, and two ledgers' rows, overflow nothing")
    func extremes() throws {
        var result = Fixtures.faulty
        var run = try #require(Fixtures.run(counted: 999_910).first)
        let ends: [(UInt64, UInt64)] = [(.max, 0), (0, .max), (1 << 63, 0), (0, 1 << 63), (5, 5), (.max, .max)]
        run.period = .max
        var ledger = Ledger()
        (ledger.rows, ledger.positions, ledger.deviating) = (.max, .max, .max)
        ledger.kept = ends.enumerated().map { index, end in
            LedgerRow(index: index == 3 ? .max : UInt64(index), time: 0, offset: 0, truePosition: end.0, counted: end.1)
        }
        run.ledger = ledger
        result.runs = [run, run]
        let report = Fixtures.report(result)
        #expect(
            TextReport(style: TextStyle(width: 60)).render(report).contains(
                "branches lost (above 0) or gained (below) so far"))
        #expect(try HTMLReport.render(report).contains("<svg"))
    }
}
