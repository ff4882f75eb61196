import Diagnosis
import Glibc
import Measurement
import Reporting
import Testing

/// A breakpoint counter needs no PMU: these run wherever perf_event_open(2) is allowed.
@Suite("A diagnosis with a breakpoint counter")
struct DiagnosisTests {
    private static let quick = ["diagnose", "--quick", "--pmu", "breakpoint", "--seed", "20181120"]

    @Test("Every run is exact, the planted loss is found to the last branch, and the hardware question stays open")
    func report() throws {
        let outcome = try Program.truecount.run(Self.quick + ["--format", "json"])
        #expect(outcome.termination == .exited(4), "\(outcome.errors)")
        #expect(outcome.errors.isEmpty)
        let report = try ReportJSON.decode(Report.self, from: Array(outcome.output.utf8))
        #expect(report.source == .breakpoint)
        #expect(report.verdict == .unsupported)
        #expect(report.findings.isEmpty)
        #expect(report.seed == 20_181_120)
        #expect(report.arguments == Self.quick + ["--format", "json"])
        #expect(report.interrupted == nil)
        #expect(report.probes.allSatisfy { $0.outcome == .clean || $0.outcome == .skipped })
        #expect(report.probes.contains { $0.id == "planted-loss-control" })
        let (planted, natural) = (report.runs.filter { $0.planted != nil }, report.runs.filter { $0.planted == nil })
        #expect(natural.allSatisfy { $0.deviation == 0 && ($0.samplerDeviation ?? 0) == 0 })
        #expect(planted.allSatisfy { $0.deviation == $0.planted.map { Int64($0.total) } })
        #expect(planted.contains { $0.deviation > 0 })
        #expect(natural.contains { $0.pmis > 0 })
    }

    @Test("The JSON reads back to the same bytes, and knows no null")
    func json() throws {
        let outcome = try Program.truecount.run(Self.quick + ["--format", "json"])
        let bytes = Array(outcome.output.utf8)
        #expect(try ReportJSON.encode(ReportJSON.decode(Report.self, from: bytes)) == bytes)
        #expect(!outcome.output.contains(": null") && !outcome.output.contains("\n null"))
        #expect(outcome.output.hasPrefix("{\n") && outcome.output.hasSuffix("\n}\n"))
    }

    @Test("The text says what it cannot test in its heading and in its verdict, and in no row")
    func text() throws {
        let outcome = try Program.truecount.run(Self.quick)
        let lines = outcome.output.split(separator: "\n")
        #expect(lines.first?.hasPrefix("Linux ") == true)
        #expect(lines.contains { $0.contains("core PMU") && $0.contains("cannot be tested here") })
        #expect(lines.count { $0.hasPrefix("BREAKPOINT COUNTER · ") } == 1)
        #expect(lines.contains { $0.hasPrefix("  uninterrupted runs ") && $0.hasSuffix("  exact") })
        #expect(!lines.contains { $0.hasPrefix("  breakpoint") })
        #expect(lines.contains { $0.hasPrefix("UNSUPPORTED · ") })
        #expect(!outcome.output.contains("\u{1B}"))
    }

    @Test("A written file holds what would have been shown, and standard output nothing")
    func outputFile() throws {
        let path = temporaryPath("report.json")
        defer { unlink(path) }
        let outcome = try Program.truecount.run(Self.quick + ["--format", "json", "--output", path])
        #expect(outcome.termination == .exited(4))
        #expect(outcome.output.isEmpty && outcome.errors.hasPrefix("UNSUPPORTED · "))
        #expect(outcome.errorLines.count == 2 && outcome.errorLines.last == "wrote \(path)")
        let text = lines(ofFile: path).joined(separator: "\n") + "\n"
        #expect(try ReportJSON.decode(Report.self, from: Array(text.utf8)).verdict == .unsupported)
    }

    @Test("A full disk gets one line and exit code 74", arguments: ["text", "json"])
    func fullDisk(format: String) throws {
        let shown = try Program.truecount.run(Self.quick + ["--format", format], output: .path("/dev/full"))
        let written = try Program.truecount.run(Self.quick + ["--format", format, "--output", "/dev/full"])
        for outcome in [shown, written] {
            #expect(outcome.termination == .exited(74))
            #expect(outcome.errorLines.count == 1)
            #expect(outcome.errors.contains("No space left on device"))
        }
    }

    @Test("A closed standard output gets one line and exit code 74, and no event takes its place")
    func closedOutput() throws {
        let outcome = try Program.truecount.run(Self.quick, output: .closed)
        #expect(outcome.termination == .exited(74))
        #expect(outcome.errors == "truecount: cannot write standard output: Bad file descriptor\n")
    }

    @Test("A reader that stopped reading changes neither verdict nor exit code")
    func readerGone() throws {
        let outcome = try Program.truecount.run(Self.quick, output: .unread)
        #expect(outcome.termination == .exited(4))
        #expect(outcome.errors.isEmpty)
    }

    @Test("The periods and the number of runs that were asked for are those that were made")
    func periodsAndRuns() throws {
        let outcome = try Program.truecount.run(
            ["diagnose", "--quick", "--pmu", "breakpoint", "--period", "53", "--runs", "1", "--format", "json"])
        let report = try ReportJSON.decode(Report.self, from: Array(outcome.output.utf8))
        let periods = Set(report.runs.filter { $0.planted == nil }.compactMap(\.period))
        #expect(periods == [53])
    }

    @Test("An event has to exist, and to be one that can be counted here")
    func events() throws {
        let unknown = try Program.truecount.run(["diagnose", "--event", "BR_NOT_THERE"])
        #expect(unknown.termination == .exited(64))
        #expect(unknown.errorLines.count == 1)
        #expect(unknown.errors.hasPrefix("truecount: --event BR_NOT_THERE"))
        let pointless = try Program.truecount.run(["diagnose", "--event", "r01c4", "--pmu", "breakpoint"])
        #expect(pointless.termination == .exited(64))
        #expect(pointless.errorLines.count == 1)
    }

    @Test("A CPU has to be there", arguments: ["9999", "1000000"])
    func cpus(number: String) throws {
        let outcome = try Program.truecount.run(["diagnose", "--quick", "--cpu", number])
        #expect(outcome.termination == .exited(64))
        #expect(outcome.errorLines.count == 1)
        #expect(outcome.errors.hasPrefix("truecount: --cpu \(number): this machine has no such CPU"))
    }
}
