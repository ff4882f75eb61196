import FoundationEssentials
import Glibc
import Measurement
import Testing

@testable import Diagnosis
@testable import Reporting

@Suite("A report in one line")
struct SummaryLineTests {
    /// Checks what holds of every line, and reads it back.
    @discardableResult
    private static func read(_ report: Report, machine: String? = nil) throws -> SummaryLine {
        let line = try SummaryLine(report, machine: machine).rendered()
        #expect(line.utf8.count <= 2048 && line.hasSuffix("}\n"))
        #expect(line.utf8.count { $0 == UInt8(ascii: "\n") } == 1)
        #expect(!line.unicodeScalars.dropLast().contains { $0.properties.generalCategory == .control })
        return try ReportJSON.decode(SummaryLine.self, from: Array(line.utf8))
    }

    @Test("Each kept report fits whole, and says what the report says")
    func kept() throws {
        for path in try CommittedReports.paths() {
            let report = try ReportFile.decode(CommittedReports.bytes(path), name: path)
            let line = try Self.read(report, machine: "node-7")
            #expect(line == SummaryLine(report, machine: "node-7"), "\(path): something was cut")
            #expect(line.machine == "node-7" && line.summaryVersion == 1 && line.truecount == report.tool.version)
            #expect((line.verdict, line.exitCode) == (report.verdict, report.verdict.exitCode))
            #expect((line.kernel, line.cpu) == (report.scope.kernel, report.scope.cpu))
            #expect((line.hypervisor, line.microcode) == (report.scope.hypervisor, report.scope.microcode))
            #expect(line.time == report.startedAt && line.runs == report.runs.count)
            #expect(line.event == report.runs.first?.event && line.induced == report.induced?.fault)
            let reproduced = report.findings.filter(\.isReproduced)
            #expect(line.findings.map(\.fault) == reproduced.map(\.fault))
            #expect(line.findings.map(\.median) == reproduced.map(\.size.median))
            #expect(line.findings.map(\.affected) == reproduced.map(\.frequency.affected))
            #expect(line.findings.map(\.of) == reproduced.map(\.frequency.of))
        }
    }

    @Test(
        "Texts of any length and kind are cut, whole characters at a time, and the line stays JSON",
        arguments: [
            "x", "\"", "\\", "\u{1}", "\n", "é", "\u{1F600}", "\u{301}", "\"\u{301}", "\u{2028}", "\u{202E}", "\0",
        ])
    func hostile(piece: String) throws {
        for length in [0, 1, 15, 100, 1_000, 100_000] {
            let text = String(repeating: piece, count: length)
            var report = Fixtures.report(Fixtures.faulty)
            report.reasons = [text]
            report.tool.version = text
            report.scope = Scope(
                kernel: text, architecture: text, cpu: text, coreType: text, microcode: text, platform: .guest,
                hypervisor: text)
            report.environment.processor.name = text
            report.runs[0].event = text
            let findings = Fault.allCases.map { fault in
                var finding = Fixtures.freeze
                finding.fault = fault
                finding.mechanism = text
                finding.size = FaultSize(min: .max, median: .max, max: .max, mean: 1)
                finding.frequency.affected = .max
                finding.frequency.of = .max
                return finding
            }
            report.findings = findings
            let line = try Self.read(report, machine: text)
            #expect(line.findings.count + (line.findingsLeftOut ?? 0) == findings.count && line.findings.count >= 2)
            #expect(line.verdict == .faulty && !line.kernel.contains("\n"))
        }
    }

    @Test("What is redacted names no machine, and what is simulated says so")
    func labels() throws {
        let report = try Fixtures.report(Fixtures.faulty).redacted(hostName: "owner")
        #expect(try Self.read(report, machine: "owner").machine == "HOST")
        let simulated = try Self.read(Fixtures.report(Fixtures.simulated, model: Fixtures.model))
        #expect(simulated.source == .simulated && simulated.kernel == "SIMULATED" && simulated.cpuName == nil)
        #expect(simulated.machine == nil)
    }
}
