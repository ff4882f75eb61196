import FoundationEssentials
import Measurement
import Testing

@testable import Diagnosis
@testable import Reporting

@Suite("A report on its way back in")
struct ReportFileTests {
    @Test("Whatever end is missing, it is refused and nothing crashes")
    func truncated() throws {
        let bytes = try ReportJSON.encode(Fixtures.report(Fixtures.faulty))
        #expect(try ReportFile.decode(bytes, name: "whole") == Fixtures.report(Fixtures.faulty))
        // The last byte is a newline, which nothing misses.
        for count in 0..<(bytes.count - 1) {
            #expect(throws: ReportFileError.self) { try ReportFile.decode(Array(bytes[..<count]), name: "half") }
        }
    }

    @Test("Whatever byte is another one, it is either refused or a report that every format can show")
    func mutated() throws {
        let bytes = try ReportJSON.encode(Fixtures.report(Fixtures.faulty))
        var random = SeededGenerator(seed: 7)
        var refused = 0
        for _ in 0..<1000 {
            var mutant = bytes
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let index = Int.random(in: 0..<mutant.count, using: &random)
                mutant[index] = UInt8.random(in: 0...255, using: &random)
            }
            do {
                let report = try ReportFile.decode(mutant, name: "mutant")
                for format in ReportFormat.all { #expect(try format.render(report).isEmpty == false) }
            } catch let error as ReportFileError {
                refused += 1
                #expect(!error.description.contains("\n"))
            }
        }
        #expect(refused > 0 && refused < 1000)
    }

    /// The faulty report with one of its names replaced, as JSON.
    private func faulty(_ name: String, insteadOf known: String) throws -> [UInt8] {
        var result = Fixtures.faulty
        result.runs = Fixtures.run()
        result.runs[0].condition = Condition(.precise, level: 2)
        result.runs[0].disturbances = [.multiplexed]
        let text = String(decoding: try ReportJSON.encode(Fixtures.report(result)), as: UTF8.self)
        try #require(text.contains("\"\(known)"))
        return Array(text.replacing("\"\(known)", with: "\"\(name)").utf8)
    }

    /// A fault, the unit of its size, a condition, a disturbance.
    private static let names = ["freeze-on-pmi", "pmi\"", "precise=2", "multiplexed"]

    @Test(
        "A name that only a later version knows is kept as it stands, and every format shows the report",
        arguments: names)
    func laterNames(known: String) throws {
        let end = known.hasSuffix("\"") ? "\"" : known.hasSuffix("=2") ? "=2" : ""
        let bytes = try faulty("cosmic-ray\(end)", insteadOf: known)
        let report = try ReportFile.decode(bytes, name: "later")
        #expect(try ReportJSON.encode(report) == bytes)
        for format in ReportFormat.all { #expect(try format.render(report).isEmpty == false) }
        #expect(report.verdict == .faulty)
    }

    @Test(
        "A name that no version would write is refused in one line",
        arguments: names, ["<b>", "a b", "Freeze", "", "1", "x\\u001b[31m", String(repeating: "a", count: 65)])
    func impossibleNames(known: String, name: String) throws {
        let end = known.hasSuffix("\"") ? "\"" : known.hasSuffix("=2") ? "=2" : ""
        let error = #expect(throws: ReportFileError.self) {
            _ = try ReportFile.decode(try faulty(name + end, insteadOf: known), name: "odd")
        }
        #expect(try #require(error).description.contains("has a value that truecount"))
    }

    @Test("Counts at the ends of their types overflow no format", arguments: ReportFormat.all.map(\.name))
    func extremes(format: String) throws {
        var result = Fixtures.faulty
        let extremes: [(UInt64, UInt64)] = [(.max, 0), (0, .max), (1 << 63, 0), (0, 1 << 63)]
        result.runs = extremes.flatMap { expected, counted in
            Fixtures.run().map { run in
                var run = run
                (run.expected, run.counted, run.samplerExpected, run.samplerCounted) = (
                    expected, counted, counted, expected
                )
                (run.pmis, run.throttles, run.lostRecords, run.period) = (.max, .max, .max, .max)
                return run
            }
        }
        for index in result.probes.indices {
            (result.probes[index].runs, result.probes[index].disturbedRuns) = (.min, .max)
            result.probes[index].pmis = .max
        }
        for size in [
            FaultSize(min: 0, median: 0, max: 0, mean: -1e308),
            FaultSize(min: .max, median: .max, max: .max, mean: 1e308),
            FaultSize(min: 0, median: .max, max: 1, mean: 1e-300), FaultSize(min: .max, median: 0, max: 0, mean: 0),
        ] {
            result.findings[0].size = size
            result.findings[0].frequency.affected = size.max
            result.findings[0].frequency.of = size.min
            result.findings[0].frequency.interval = Interval(low: -1e308, high: 1e308, confidence: 1e308)
            let report = Fixtures.report(result, seed: .max)
            #expect(try !ReportFormat.all.filter { $0.name == format }.map { try $0.render(report) }.joined().isEmpty)
        }
    }

    @Test("A report with nothing in it has its verdict in every format")
    func empty() throws {
        let nothing = DiagnosisResult(
            source: .hardware, verdict: .unsupported, reasons: [], findings: [], probes: [], runs: [])
        for format in ReportFormat.all {
            let text = try format.render(Fixtures.report(nothing))
            #expect(text.lowercased().contains("unsupported") || text.lowercased().contains("skip"), "\(format.name)")
        }
    }
}
