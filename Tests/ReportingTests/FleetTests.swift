import FoundationEssentials
import Measurement
import Testing

@testable import Diagnosis
@testable import Reporting

@Suite("A fleet's reports")
struct FleetTests {
    /// A report as streaming reads it, in pieces of so many bytes.
    static func streamed(_ bytes: [UInt8], pieces size: Int = 1 << 18) throws -> FleetReport {
        var filter = MemberFilter(keeping: FleetReport.members)
        for from in stride(from: 0, to: bytes.count, by: size) {
            try bytes[from..<min(bytes.count, from + size)].withUnsafeBufferPointer {
                piece throws(MemberFilter.Problem) in
                try filter.feed(piece)
            }
        }
        return try FleetReport.decode(filter, name: "report")
    }

    @Test("Every kept report reads the same streamed as in whole, in pieces of any size")
    func committed() throws {
        let paths = try CommittedReports.paths()
        #expect(paths.count >= 20)
        for (index, path) in paths.enumerated() {
            let bytes = CommittedReports.bytes(path)
            let whole = FleetReport(try ReportFile.decode(bytes, name: path))
            #expect(try Self.streamed(bytes) == whole, "\(path)")
            if index % 8 == 0 { #expect(try Self.streamed(bytes, pieces: 4093) == whole, "\(path)") }
        }
    }

    @Test("Brackets, quotes and backslashes in what is left out end nothing", arguments: [1, 2, 3, 7, 64])
    func hostile(pieces: Int) throws {
        var report = Fixtures.report(Fixtures.faulty)
        report.runs[0].workload = #"]}"{[\"#
        report.runs[0].event = #"\"}],"verdict":"accurate","x":[{"#
        report.notes = [#"{"verdict": "accurate"}"#, "\\", "\"", "\u{1F600}\u{0}"]
        report.reasons = report.notes
        report.scope.kernel = #"</script>","cpu":"x"#
        let bytes = try ReportJSON.encode(report)
        #expect(try Self.streamed(bytes, pieces: pieces) == FleetReport(report))
    }

    @Test("A name may be written with escapes, members may come in any order, and blanks anywhere")
    func writing() throws {
        let report = Fixtures.report(Fixtures.accurate)
        let text = String(decoding: try ReportJSON.encode(report), as: UTF8.self)
        let escaped = text.replacing(#""verdict""#, with: #""v\u0065rdict""#)
        #expect(escaped != text)
        #expect(try Self.streamed(Array(escaped.utf8)) == FleetReport(report))
        #expect(try Self.streamed(Array("\n\t\r \(text) \n".utf8), pieces: 1) == FleetReport(report))
        let squeezed = Array(text.filter { $0 != "\n" }.utf8)
        #expect(try Self.streamed(squeezed, pieces: 5) == FleetReport(report))
    }

    @Test("Whatever end is missing, it is refused")
    func truncated() throws {
        let bytes = try ReportJSON.encode(Fixtures.report(Fixtures.faulty))
        for count in 0..<(bytes.count - 1) {
            #expect(throws: ReportFileError.self) { try FleetTests.streamedOrRefused(Array(bytes[..<count])) }
        }
    }

    /// `MemberFilter.Problem` becomes what reading a file makes of it.
    static func streamedOrRefused(_ bytes: [UInt8]) throws(ReportFileError) -> FleetReport {
        do {
            return try streamed(bytes)
        } catch let error as ReportFileError {
            throw error
        } catch let error as MemberFilter.Problem {
            throw ReportFileError("report", error.clause)
        } catch {
            throw ReportFileError("report", "\(error)")
        }
    }

    @Test("Whatever byte is another one: what reads in whole reads the same streamed")
    func mutated() throws {
        let bytes = try ReportJSON.encode(Fixtures.report(Fixtures.faulty))
        var random = SeededGenerator(seed: 23)
        var (read, refused) = (0, 0)
        for _ in 0..<3000 {
            var mutant = bytes
            for _ in 0..<Int.random(in: 1...2, using: &random) {
                mutant[Int.random(in: 0..<mutant.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            let whole = try? ReportFile.decode(mutant, name: "mutant")
            let streamed = try? Self.streamedOrRefused(mutant)
            if let whole {
                #expect(streamed == FleetReport(whole))
                read += 1
            }
            if streamed == nil { refused += 1 }
        }
        #expect(read > 0 && refused > 0)
    }

    @Test(
        "What is no report, too deep or too large says so in a line",
        arguments: [
            ("", "it is empty"), (" \n", "it is empty"), ("[]", "it is not JSON"), ("{]", "it is not JSON"),
            (#"{"a":[}"#, "it is not JSON"), ("{} x", "it is not JSON"), (#"{"a" 1}"#, "it is not JSON"),
            (#"{"a":1,}"#, "it is not JSON"), (#"{"a":,"b":1}"#, "it is not JSON"), (#"{"a"#, "it is truncated"),
            ("{}", "it is JSON, but no report"), (#"{"rows": [1, 2]}"#, "it is JSON, but no report"),
            (#"{"schemaVersion": 9, "tool": {"name": "truecount", "version": "7.0"}}"#, "in format 9"),
            (#"{"a":"# + String(repeating: "[", count: 40), "nested more than 32 deep"),
            (#"{"reasons":[""# + String(repeating: "x", count: 1 << 20) + #""]}"#, "larger than 1 MiB"),
        ])
    func refused(text: String, problem: String) throws {
        let error = #expect(throws: ReportFileError.self) { try FleetTests.streamedOrRefused(Array(text.utf8)) }
        #expect(error?.description.contains(problem) == true, "\(error?.description ?? "")")
    }

    /// A fleet in which two kernels say different things.
    private static func reports() -> [(FleetReport, String)] {
        var reports: [(FleetReport, String)] = []
        for index in 0..<60 {
            let isFaulty = index % 3 == 0
            var report = FleetReport(Fixtures.report(isFaulty ? Fixtures.faulty : Fixtures.accurate))
            report.scope.kernel = index % 2 == 0 ? "6.1.0" : "6.12.0"
            if index % 2 == 1 { report.verdict = .accurate }
            if index % 2 == 1 { report.findings = [] }
            if isFaulty, index % 2 == 0 { report.findings[0].size.median = UInt64(index) }
            reports.append((report, "machine-\(index).json"))
        }
        return reports
    }

    private static func fleet(_ reports: [(FleetReport, String)], threads: Int) -> Fleet {
        let tallies = (0..<threads).map { thread in
            var tally = FleetTally()
            for (index, report) in reports.enumerated() where index % threads == thread {
                tally.add(report.0, path: report.1)
            }
            return tally
        }
        return Fleet(tallies)
    }

    @Test("The worst group is first, with its fault's reach, and it does not matter which thread read what")
    func groups() throws {
        let one = Self.fleet(Self.reports(), threads: 1)
        for threads in [2, 3, 7, 60] {
            #expect(Self.fleet(Self.reports().reversed(), threads: threads) == one)
        }
        #expect(one.reports == 60 && one.groups.count == 2)
        let worst = try #require(one.groups.first)
        #expect(worst.key.kernel == "6.1.0" && worst.worst == .faulty && worst.isDivided)
        #expect(worst.tally == "10 faulty, 20 accurate")
        #expect(worst.details == ["freeze-on-pmi in 10 reports: median 0 to 54 branches lost per PMI"])
        #expect(worst.examples.map(\.path) == ["machine-0.json", "machine-12.json", "machine-18.json"])
        #expect(one.groups[1].worst == .accurate && !one.groups[1].isDivided && one.groups[1].details.isEmpty)
        #expect(one.summary == "60 reports in 2 groups: 10 faulty, 50 accurate")
    }

    @Test("What was simulated or made on purpose is labelled, apart from real reports, and never first")
    func labels() {
        var induced = FleetReport(Fixtures.report(Fixtures.faulty))
        induced.induced = try? ReportJSON.decode(
            InducedFault.self,
            from: Array(
                #"{"fault":"freeze-on-pmi","cpu":0,"register":"x","before":0,"during":1,"restored":true}"#.utf8))
        #expect(induced.induced != nil)
        let simulated = FleetReport(Fixtures.report(Fixtures.simulated, model: Fixtures.model))
        let real = FleetReport(Fixtures.report(Fixtures.accurate))
        let broken = FleetReport(Fixtures.report(Fixtures.unsupported))
        let fleet = Self.fleet([(simulated, "s"), (induced, "i"), (real, "r"), (broken, "b")], threads: 2)
        #expect(
            fleet.summary == "4 reports in 4 groups: 1 unsupported, 1 accurate, 2 simulated or made on purpose")
        #expect(
            fleet.groups.map(\.word) == ["breakpoint UNSUPPORTED", "ACCURATE", "INDUCED FAULTY", "SIMULATED FAULTY"])
    }

    @Test("Every format shows each group and each file that was not read, and lets no text out of its place")
    func formats() throws {
        var report = FleetReport(Fixtures.report(Fixtures.faulty))
        report.scope.kernel = "6.1|`<b>\u{1B}[31m</script>"
        var tally = FleetTally()
        tally.add(report, path: "a|b<i>.json")
        for index in 0..<300 { tally.add(unreadable: "cannot read \(index)<u>\u{7}") }
        let fleet = Fleet([tally])
        let text = FleetText(style: TextStyle(width: 60, usesColour: true)).render(fleet)
        #expect(text.contains("280 more files") && !text.contains("\u{1B}[31m<") && !text.contains("\u{7}"))
        let markdown = FleetMarkdown.render(fleet)
        #expect(markdown.contains(#"a\|b&lt;i&gt;.json"#) && !markdown.contains("<u>"))
        let page = try FleetHTML.render(fleet)
        #expect(page.contains("a|b&lt;i&gt;.json") && !page.contains("<i>.json") && !page.contains("<u>"))
        #expect(page.contains("300 files could not be read"))
        let json = try ReportJSON.decode(JSONValue.self, from: ReportJSON.encode(fleet))
        guard case .array(let lines)? = json.members?["unreadable"] else {
            Issue.record("it is no object with a list of files")
            return
        }
        #expect(lines.count == 300)
    }
}
