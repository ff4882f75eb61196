import FoundationEssentials
import Glibc
import Measurement
import Testing

@testable import Diagnosis
@testable import Reporting

@Suite("A fleet's reports")
struct FleetTests {
    private static func summary(_ result: DiagnosisResult, machine: String, model: ReportedModel? = nil) -> SummaryLine
    {
        SummaryLine(Fixtures.report(result, model: model), machine: machine)
    }

    private static func fleet(_ summaries: [SummaryLine], unreadable: Int = 0) -> Fleet {
        Fleet { add in
            for summary in summaries { add(.success(summary)) }
            for index in 0..<unreadable { add(.failure(ReportFileError("\(index)<u>\u{7}", "it is not JSON"))) }
        }
    }

    /// A fleet in which two kernels say different things.
    private static func summaries() -> [SummaryLine] {
        (0..<60).map { index in
            let isFaulty = index % 3 == 0 && index % 2 == 0
            var summary = summary(isFaulty ? Fixtures.faulty : Fixtures.accurate, machine: "machine-\(index)")
            summary.kernel = index % 2 == 0 ? "6.1.0" : "6.12.0"
            if isFaulty {
                summary.findings[0].median = UInt64(index)
                summary.findings[0].affected = 2_400
            }
            return summary
        }
    }

    @Test("The worst group is first, with its fault's reach, in whatever order the reports are read")
    func groups() throws {
        let one = Self.fleet(Self.summaries())
        #expect(Self.fleet(Self.summaries().reversed()) == one)
        #expect(one.reports == 60 && one.groups.count == 2)
        let worst = try #require(one.groups.first)
        #expect(worst.kernel == "6.1.0" && worst.worst == .faulty && worst.isDivided)
        #expect(worst.tally == "10 faulty, 20 accurate")
        #expect(
            worst.details == ["freeze-on-pmi in 10 reports: median 0 to 54 branches lost per PMI, at 50 % of PMIs"])
        #expect(worst.machines == ["machine-0", "machine-12", "machine-18"])
        #expect(one.groups[1].worst == .accurate && !one.groups[1].isDivided && one.groups[1].details.isEmpty)
        #expect(one.summary == "60 reports in 2 groups: 10 faulty, 50 accurate")
    }

    @Test("What was simulated or made on purpose is labelled, apart from real reports, and never first")
    func labels() {
        var induced = Self.summary(Fixtures.faulty, machine: "i")
        induced.induced = "freeze-on-pmi"
        let simulated = Self.summary(Fixtures.simulated, machine: "s", model: Fixtures.model)
        let real = Self.summary(Fixtures.accurate, machine: "r")
        let broken = Self.summary(Fixtures.unsupported, machine: "b")
        let fleet = Self.fleet([simulated, induced, real, broken])
        #expect(
            fleet.summary == "4 reports in 4 groups: 1 unsupported, 1 accurate, 2 simulated or made on purpose")
        #expect(
            fleet.groups.map(\.word) == ["breakpoint UNSUPPORTED", "ACCURATE", "INDUCED FAULTY", "SIMULATED FAULTY"])
    }

    @Test("Every format shows each group and what was not read, and lets no text out of its place")
    func formats() throws {
        var summary = Self.summary(Fixtures.faulty, machine: "a|b<i>")
        summary.kernel = "6.1|`<b>\u{1B}[31m</script>"
        let fleet = Self.fleet([summary], unreadable: 300)
        let text = FleetText(style: TextStyle(width: 60, usesColour: true)).render(fleet)
        #expect(text.contains("and 280 more") && !text.contains("\u{1B}[31m<") && !text.contains("\u{7}"))
        let markdown = FleetMarkdown.render(fleet)
        #expect(markdown.contains(#"a\|b&lt;i&gt;"#) && !markdown.contains("<u>"))
        let page = try FleetHTML.render(fleet)
        #expect(page.contains("a|b&lt;i&gt;") && !page.contains("<i>") && !page.contains("<u>"))
        #expect(page.contains("300 files or lines could not be read"))
        let json = try ReportJSON.decode(JSONValue.self, from: ReportJSON.encode(fleet))
        guard case .array(let lines)? = json.members?["unreadable"] else {
            Issue.record("it is no object with a list of files")
            return
        }
        #expect(lines.count == 300)
    }

    @Test("A million damaged lines are counted, and named no further than a reader reads")
    func damaged() throws {
        let path = "/tmp/truecount-damaged-\(UInt64.random(in: 0 ... .max)).jsonl"
        defer { remove(path) }
        var text = try Self.summary(Fixtures.accurate, machine: "m").rendered()
        text += String(repeating: "{\"summaryVersion\":1\n\n \r\n", count: 2_000)
        try OutputDestination(path: path).write(Array(text.utf8))
        let fleet = Fleet(files: [path])
        #expect(fleet.reports == 1 && fleet.unreadableCount == 2_000 && fleet.unreadable.count == 1_000)
        #expect(fleet.unreadable.last == "cannot read \(path), line 2999: it is truncated: it ends within the summary")
    }
}
