import Diagnosis
import FoundationEssentials
import Testing

@testable import Measurement
@testable import PerfEvents
@testable import Reporting

@Suite("The JSON of a report")
struct ReportJSONTests {
    @Test("What is read back is equal to what was written, and writes the same bytes")
    func roundTrip() throws {
        for result in [Fixtures.accurate, Fixtures.faulty, Fixtures.inconclusive, Fixtures.unsupported] {
            let report = Fixtures.report(result)
            let bytes = try ReportJSON.encode(report)
            let readBack = try ReportJSON.decode(Report.self, from: bytes)
            #expect(readBack == report)
            #expect(try ReportJSON.encode(readBack) == bytes)
        }
    }

    @Test("perf's commands count the event of the runs, whatever name it was given, or else the machine's own")
    func perfCommands() throws {
        var machine = Fixtures.skylake
        let own = RCBEvent(
            event: .raw(0x01c4), name: "BR_INST_RETIRED:CONDITIONAL (r01c4)", canonicalName: "r01c4", provenance: "",
            counts: .conditional, pmuName: "cpu", notes: [])
        machine.pmus = [Machine.PMU(name: "cpu", type: 4, isCore: true)]
        machine.branchEvents = [own]
        var result = Fixtures.accurate
        result.runs = Fixtures.run(event: "r11c4")
        #expect(Fixtures.report(result, on: machine).commands?.perfStat == nil)
        result.runs[0].eventConfig = 0x11c4
        let count = "truecount workload tight-loop 100000000"
        #expect(
            Fixtures.report(result, on: machine).commands?.perfStat
                == "taskset -c 0 perf record -o /dev/null -e r11c4:u -c 1000000000000 -- perf stat -e r11c4:u -- \(count)"
        )
        result.runs = Fixtures.run(event: own.name)
        #expect(
            Fixtures.report(result, on: machine).commands?.perfRecord
                == "taskset -c 0 perf record -o /dev/null -e r1c4:u -c 100003 -- perf stat -e r1c4:u -- \(count)")
        machine.pmus = [Machine.PMU(name: "cpu_core", type: 4, isCore: true)]
        #expect(
            Fixtures.report(result, on: machine).commands?.perfStat
                == "taskset -c 0 perf record -o /dev/null -e cpu_core/config=0x1c4/u -c 1000000000000 -- "
                + "perf stat -e cpu_core/config=0x1c4/u -- \(count)")
    }

    @Test("Whatever a kept report says of its runs, there are commands, and their counts can be typed")
    func commandsOfAnything() throws {
        var machine = Fixtures.skylake
        machine.pmus = [Machine.PMU(name: "cpu", type: 4, isCore: true)]
        var result = Fixtures.accurate
        result.runs[0].eventConfig = 0x1c4
        for (iterations, period) in [(0, UInt64?.none), (.max, .max), (1, 1), (.max, 2), (1, .max)]
            as [(UInt64, UInt64?)]
        {
            (result.runs[0].iterations, result.runs[0].period) = (iterations, period)
            let commands = ReportedCommands(Fixtures.report(result, on: machine))
            let count = try #require(commands.perfStat?.split(separator: " ").last.flatMap { UInt64($0) })
            #expect((1...(1 << 56)).contains(count), "\(commands)")
        }
        result.runs[0].workload = "no-such-loop"
        #expect(ReportedCommands(Fixtures.report(result, on: machine)).perfStat == nil)
    }

    @Test("The names that the format promises are there, and the absent is left out")
    func names() throws {
        let text = try json(Fixtures.report(Fixtures.faulty))
        let promised = [
            "schemaVersion", "tool", "name", "version", "startedAt", "arguments", "seed", "source", "verdict",
            "reasons", "scope",
            "environment", "findings", "fault", "per", "direction", "size", "min", "median", "max", "mean", "frequency",
            "affected", "of",
            "interval", "low", "high", "confidence", "mechanism", "advice", "evidence", "excluded", "notMeasured",
            "probes",
            "id", "question", "outcome", "answer", "runs",
            "probe",
            "workload", "iterations", "arm", "event", "period", "cpu", "expected", "counted", "pmis",
            "timeEnabled", "ledger", "rows", "kept", "index", "time", "truePosition", "endedAt",
        ]
        for name in promised { #expect(text.contains("\"\(name)\":"), "\(name)") }
        #expect(text.contains("\"schemaVersion\": 2"))
        #expect(text.contains("\"startedAt\": \"2025-11-23T01:06:40Z\""))
        #expect(text.hasSuffix("}\n"))
        #expect(!text.contains("null"))
        #expect(!text.contains("\"interrupted\""))
        #expect(try json(Fixtures.report(Fixtures.inconclusive)).contains("\"interrupted\": true"))
    }

    @Test("A simulated PMU's report names the model and its parameters, and no kernel or CPU that it would be about")
    func simulated() throws {
        let report = Fixtures.report(Fixtures.simulated, model: Fixtures.model)
        #expect(try ReportJSON.decode(Report.self, from: ReportJSON.encode(report)) == report)
        #expect(report.model?.parameters["freeze"] == "overflow")
        #expect(report.scope.kernel == "SIMULATED" && report.scope.cpu == "SIMULATED skylake-4.20")
        #expect(try json(report).contains("\"source\": \"simulated\""))
        #expect(try !json(Fixtures.report(Fixtures.faulty)).contains("\"model\""))
    }

    @Test("Counts beyond the integers of a double are written and read to the last digit")
    func largeIntegers() throws {
        var result = Fixtures.faulty
        result.runs[0].expected = .max
        result.runs[0].counted = 9_007_199_254_740_993
        result.findings[0].size = FaultSize(min: 0, median: .max - 1, max: .max - 2, mean: 0.5)
        let report = Fixtures.report(result, seed: .max - 1)
        let text = try json(report)
        for digits in [
            "18446744073709551615", "9007199254740993", "18446744073709551614", "18446744073709551613",
        ] {
            #expect(text.contains(" \(digits)"))
        }
        #expect(try ReportJSON.decode(Report.self, from: Array(text.utf8)) == report)
    }

    @Test("A number that JSON does not have is an error, not a report")
    func notFinite() throws {
        var result = Fixtures.faulty
        result.findings[0].size.mean = .nan
        #expect(throws: EncodingError.self) { try ReportJSON.encode(Fixtures.report(result)) }
    }

    private func json(_ report: Report) throws -> String {
        String(decoding: try ReportJSON.encode(report), as: UTF8.self)
    }
}
