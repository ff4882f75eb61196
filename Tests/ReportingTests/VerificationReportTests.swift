import Reporting
import Testing
import Workloads

@Suite("The text of a verification")
struct VerificationReportTests {
    private let agreeing = [
        VerificationRow(workload: "tight-loop", iterations: 1, figure: .branches, expected: 1, observed: 1),
        VerificationRow(workload: "tight-loop", iterations: 1, figure: .positions, expected: 9, observed: 9),
        VerificationRow(workload: "tight-loop", iterations: 2_000, figure: .branches, expected: 2_000, observed: 2_000),
        VerificationRow(
            workload: "tight-loop", iterations: 2_000, figure: .positions, expected: 4_007, observed: 4_007),
    ]

    @Test("Every figure of every workload has its line, and the answer comes last")
    func agreement() {
        let report = VerificationReport(rows: agreeing, interrupted: false)
        #expect(report.agrees)
        #expect(
            report.text() == """
                tight-loop  branches   2 runs of 1 2,000  agrees
                tight-loop  positions  2 runs of 1 2,000  agrees

                VERIFIED · 4 comparisons of closed forms with single-stepped runs, all equal

                """)
    }

    @Test("One branch of difference is named where it is, and nothing is verified")
    func disagreement() {
        var rows = agreeing
        rows[2].observed = 1_999
        let report = VerificationReport(rows: rows, interrupted: false)
        #expect(!report.agrees)
        let lines = report.text().split(separator: "\n")
        #expect(
            lines.first
                == "tight-loop  branches   2 runs of 1 2,000  DIFFERS: 2,000 iterations: 2,000 expected, 1,999 seen")
        #expect(lines.last?.hasPrefix("WRONG · 1 of 4 comparisons disagree") == true)
    }

    @Test("What was interrupted, or compared nothing, is not verified")
    func incomplete() {
        let interrupted = VerificationReport(rows: agreeing, interrupted: true)
        #expect(!interrupted.agrees)
        #expect(interrupted.text().contains("\nINTERRUPTED · 4 comparisons agree; the others were not made\n"))
        #expect(!VerificationReport(rows: [], interrupted: false).agrees)
    }

    @Test("The JSON is read back as it was written")
    func roundTrip() throws {
        let report = VerificationReport(rows: agreeing, interrupted: true)
        #expect(try ReportJSON.decode(VerificationReport.self, from: try ReportJSON.encode(report)) == report)
    }
}

@Suite("A table of plain columns")
struct TextTableTests {
    @Test("On a terminal the last column is wrapped, on its own column, if there is room for it")
    func wrapping() {
        var table = TextTable()
        table.add("late-pmi", "the interrupt comes later after its overflow than rr allows for")
        table.add("starved", "short")
        #expect(
            table.render(TextStyle(width: 50)) == """
                late-pmi  the interrupt comes later after its
                          overflow than rr allows for
                starved   short

                """)
        table.add(String(repeating: "x", count: 40), "a cell that is left with less than twenty columns")
        #expect(table.render(TextStyle(width: 50)) == table.render())
    }

    @Test("Columns stand below each other, lines end without spaces, and no cell can break its line")
    func layout() {
        var table = TextTable()
        table.add("name", "a", "last one")
        table.add("n", "long\ncell", "x")
        #expect(table.render() == "name  a          last one\nn     long?cell  x\n")
        #expect(TextTable().render().isEmpty)
    }
}
