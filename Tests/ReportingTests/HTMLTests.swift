import Measurement
import Testing

@testable import Diagnosis
@testable import Reporting

@Suite("A report as a page")
struct HTMLTests {
    static let hostile = #"</script><!--<script>"' onload='x' &lt; \u003c "# + "\u{0}\u{1B}[31m\u{202E}"

    @Test("Whatever is interpolated is text, in an element and in an attribute")
    func escaping() {
        let text = Self.hostile
        let page: HTML = "<a title=\"\(text)\">\(text)</a>"
        let inner = page.source.dropFirst("<a title=\"".count).dropLast("</a>".count)
        let halves = inner.split(separator: "\">", maxSplits: 1)
        #expect(halves.count == 2)
        for half in halves {
            #expect(!half.contains { "<>\"'\u{0}\u{1B}\u{202E}".contains($0) }, "\(half)")
        }
        #expect(halves[0] == halves[1])
        #expect(("\(page)" as HTML).source == page.source)
        #expect(("<b>\("&<")</b>" as HTML).source == "<b>&amp;&lt;</b>")
    }

    @Test("JSON in a page ends no script, and is the same value")
    func scriptData() throws {
        var report = Fixtures.report(Fixtures.faulty)
        report.notes = [Self.hostile, "</SCRIPT >", "]]>", "<!--<script"]
        report.arguments = report.notes
        report.runs[0].counted = .max
        let page = try HTMLReport.render(report)
        #expect(try Self.saved(in: page) == report)
        // The page's own two scripts begin and end once each.
        #expect(page.split(separator: "<script", omittingEmptySubsequences: false).count == 3)
        #expect(page.split(separator: "</script", omittingEmptySubsequences: false).count == 3)
        #expect(!page.contains("<!--"))
    }

    /// The report that a page has inside.
    static func saved(in page: String) throws -> Report {
        let start = #"<script type="application/json" id="json">"#
        let rest = try #require(page.split(separator: start, maxSplits: 1).last)
        let json = try #require(rest.split(separator: "</script>", maxSplits: 1).first)
        return try ReportFile.decode(Array(json.utf8), name: "page")
    }

    @Test("Nothing in a page can be fetched")
    func selfContained() throws {
        for result in [Fixtures.faulty, Fixtures.accurate, Fixtures.simulated, Fixtures.unsupported] {
            let page = try HTMLReport.render(Fixtures.report(result))
            for reference in [
                " src=", "url(", "@import", "<link", "<img", "<iframe", "http-equiv=\"refresh\"", "href=",
            ] {
                let isOwn = reference == "href=" || !page.contains(reference)
                #expect(isOwn, "\(reference)")
            }
            #expect(!page.contains("<a "))
            #expect(page.contains("default-src 'none'") || page.contains("default-src &#39;none&#39;"))
        }
    }

    @Test("Simulated and breakpoint reports say so at the top and in each row")
    func labels() throws {
        for (result, label) in [(Fixtures.simulated, "SIMULATED"), (Fixtures.unsupported, "breakpoint")] {
            let page = try HTMLReport.render(Fixtures.report(result, model: Fixtures.model))
            let top = try #require(page.split(separator: "</header>").first)
            #expect(top.contains("<p class=\"caution\">\(label)"))
            let rows = page.split(separator: "<tr").dropFirst().filter { !$0.contains("<th scope=\"col\"") }
            #expect(!rows.isEmpty && rows.allSatisfy { $0.contains(label) })
            #expect(page.contains("<title>SIMULATED ") == (result.source == .simulated))
        }
        let real = try HTMLReport.render(Fixtures.report(Fixtures.faulty))
        #expect(!real.contains("SIMULATED") && !real.contains("class=\"caution\""))
    }

    @Test("Findings stand with what shows them and what they are not; a page without one has no such section")
    func findings() throws {
        let faulty = try HTMLReport.render(Fixtures.report(Fixtures.faulty))
        for text in [
            "10 branches lost at each PMI", "deficit = 10 × PMIs in 96 runs", "no THROTTLE record",
            "Struck 4,800 of 4,800 PMIs; shown by 1 run.",
            "boot without it", "<h2>Findings</h2>", "truecount explain freeze-on-pmi",
        ] {
            #expect(faulty.lowercased().contains(text.lowercased()), "\(text)")
        }
        let order = ["<header", "<h2>Findings", "<h2>What the runs show", "<h2>Probes", "<h2>Runs"].map {
            faulty.firstRange(of: $0)?.lowerBound
        }
        #expect(!order.contains(nil) && order.compactMap(\.self) == order.compactMap(\.self).sorted())
        let accurate = try HTMLReport.render(Fixtures.report(Fixtures.accurate))
        #expect(!accurate.contains("<h2>Findings</h2>") && accurate.contains("ACCURATE"))
        let once = try HTMLReport.render(Fixtures.report(Fixtures.inconclusive))
        #expect(once.contains("seen once, not reproduced") && once.contains("INTERRUPTED"))
    }

    @Test("A ledger of many megabytes gives a page that opens: thinned, and it says so; the JSON has every row")
    func large() throws {
        var result = Fixtures.faulty
        var run = try #require(Fixtures.run(counted: 999_910).first)
        var builder = LedgerBuilder(period: run.period)
        for index in 1...UInt64(4096) {
            // One outlier that thinning must not drop.
            let loss: UInt64 = index == 2222 ? 5_000_000 : index * 10
            builder.add(
                LedgerRow(
                    index: index, time: index, offset: 42, truePosition: index * 100_003 + loss,
                    counted: index * 100_003))
        }
        run.ledger = builder.ledger
        result.runs = [RunRecord](repeating: run, count: 30)
        for index in result.runs.indices { result.runs[index].counted -= UInt64(index) }
        let report = Fixtures.report(result, ledgers: .all)
        let page = try HTMLReport.render(report)
        #expect(try Self.saved(in: page) == report)
        let drawing = try #require(page.split(separator: "id=\"loss-t\"").last?.split(separator: "</svg>").first)
        #expect(drawing.utf8.count < 400_000)
        #expect(page.contains("Drawn are 12,000 of the points"))
        #expect(page.contains("122,880 PMIs kept row by row, of 30 runs: 0 to 5,000,000 lost so far."))
    }

    @Test("The header says when and how long; notes are folded; figures have no more digits than they mean")
    func details() throws {
        var result = Fixtures.inconclusive
        result.findings[0].frequency = Frequency(281, of: 14_005, per: .pmi)
        result.findings[0].size.mean = 2.000_712_3
        let page = try HTMLReport.render(Fixtures.report(result))
        let top = try #require(page.split(separator: "</header>").first)
        #expect(top.contains("2025-11-23 01:06 UTC, took 12 s"))
        #expect(page.contains("<details><summary>1 note of the measurement</summary>"))
        #expect(page.contains("mean 2.00; struck 281 of 14,005 PMIs (1.8 to 2.3 % with 95 % confidence)"))
    }

    @Test("What is the same in every run is told once above the table, and the table has no column for it")
    func runTable() throws {
        let one = try HTMLReport.render(Fixtures.report(Fixtures.faulty))
        #expect(one.contains("All of them: event BR_INST_RETIRED:CONDITIONAL (r01c4), CPU 0."))
        #expect(!one.contains("<th scope=\"col\">event</th>") && !one.contains(">CPU</th>"))
        var result = Fixtures.faulty
        result.runs += Fixtures.run(event: "INST_RETIRED")
        result.runs[1].cpu = 3
        let two = try HTMLReport.render(Fixtures.report(result))
        #expect(
            two.contains("<th scope=\"col\">event</th>") && two.contains(">CPU</th>") && !two.contains("All of them:"))
    }

    @Test("Where all is exact the page shows what is excluded and that the control found its loss, no flat lines")
    func exact() throws {
        let report = try ReportFile.read("\(CommittedReports.folder)/lab/6.12.95-healthy-skid0to40.json")
        let page = try HTMLReport.render(report)
        #expect(page.contains("What is excluded") && page.contains("A loss at one PMI in 3,364, or more often"))
        #expect(page.contains("20 runs in which truecount itself kept branches from being counted: in 20 of them"))
        #expect(!page.contains("id=\"loss-t\"") && !page.contains("id=\"deficit-t\"") && page.contains("id=\"skid-t\""))
        let faulty = try HTMLReport.render(
            ReportFile.read("\(CommittedReports.folder)/lab/5.10.262-v4pmi-on-skid10.json"))
        #expect(faulty.contains("id=\"loss-t\"") && !faulty.contains("What is excluded"))
    }

    @Test("More runs than a browser lays out are counted and left to the JSON")
    func manyRuns() throws {
        var result = Fixtures.accurate
        let run = try #require(Fixtures.run().first)
        result.runs = [RunRecord](repeating: run, count: HTMLTables.mostRuns + 5)
        let page = try HTMLReport.render(Fixtures.report(result))
        #expect(page.contains("5 more runs in the JSON below"))
    }

    @Test("Each CPU has its field, with its verdict as a word")
    func cpus() throws {
        var result = Fixtures.faulty
        result.cpus = [
            CPUResult(cpu: 1, verdict: .faulty, faults: [.freezeOnPMI]), CPUResult(cpu: 0, verdict: .accurate),
            CPUResult(cpu: 2, coreType: "atom", verdict: .accurate),
        ]
        let page = try HTMLReport.render(Fixtures.report(result))
        #expect(page.contains("<li class=\"faulty\"><b>1</b> <span>faulty</span> <small>freeze-on-pmi</small></li>"))
        #expect(page.contains("faulty: CPU 1; accurate: CPU 0,2"))
        #expect(try !HTMLReport.render(Fixtures.report(Fixtures.faulty)).contains("class=\"map\""))
    }
}
