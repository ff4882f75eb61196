import Diagnosis
import Measurement
import Reporting
import Testing

@Suite("What power shows")
struct PowerTests {
    @Test("Formula and diagnoses agree, every line says that it is simulated, and the duration that it is not")
    func text() throws {
        let outcome = try Program.truecount.run(["power", "--quick", "--trials", "5"])
        #expect(outcome.termination == .exited(0) && outcome.errors.isEmpty, "\(outcome.errors)")
        let lines = outcome.output.split(separator: "\n")
        #expect(lines.first?.hasPrefix("SIMULATED · quick plan of ") == true)
        #expect(lines.last?.hasPrefix("SIMULATED · formula and diagnoses agree") == true)
        #expect(lines.count { $0.hasPrefix("  SIMULATED: ") } == PowerSubject.all.count)
        #expect(lines.contains { $0.hasPrefix("takes ") && $0.contains("measured; not simulated") })
    }

    @Test("The JSON reads back to the same bytes, and holds each trial")
    func json() throws {
        let outcome = try Program.truecount.run(
            ["power", "--quick", "--trials", "3", "--skid", "10", "--format", "json"])
        let bytes = Array(outcome.output.utf8)
        let report = try ReportJSON.decode(PowerReport.self, from: bytes)
        #expect(try ReportJSON.encode(report) == bytes)
        #expect(report.source == .simulated && report.model.parameters["skid"] == "10" && report.certainty == 0.999)
        #expect(report.rows.map(\.id) == PowerSubject.all.map(\.id))
        #expect(report.rows.allSatisfy { $0.atRarest?.made == 3 && $0.atEvery?.found == 3 })
        #expect((report.durationHere?.seconds ?? 0) > 0)
    }

    @Test("A mistake is one line", arguments: [["--skid", "x"], ["--trials", "0"], ["--quick", "--thorough"]])
    func mistakes(arguments: [String]) throws {
        let outcome = try Program.truecount.run(["power"] + arguments)
        #expect(outcome.termination == .exited(64) && outcome.errorLines.count == 1, "\(outcome.errors)")
    }
}
