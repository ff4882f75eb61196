import Diagnosis
import Reporting
import Testing

@Suite("Several CPUs in a report's text")
struct CPUTableTests {
    private static let several: DiagnosisResult = {
        var result = Fixtures.faulty
        result.cpus =
            (0..<8).map { CPUResult(cpu: $0, coreType: "core", verdict: .accurate, runs: 10, pmis: 1_000) }
            + [9, 8].map {
                CPUResult(
                    cpu: $0, coreType: "atom", verdict: .faulty, faults: [.freezeOnPMI, .latePMI], runs: 1, pmis: 3)
            }
            + [CPUResult(cpu: 10, verdict: .inconclusive, reasons: ["CPU 10 went offline"])]
        result.findings[0].cpus = [8, 9]
        return result
    }()

    @Test("CPUs that say the same share a line, with their sums")
    func grouped() {
        let lines = TextReport().render(Fixtures.report(Self.several)).split(separator: "\n")
        #expect(lines.contains("  CPU 0-7 · core · 80 runs · 8,000 PMIs · accurate"))
        #expect(lines.contains("! CPU 8-9 · atom · 2 runs · 6 PMIs · faulty · freeze-on-pmi, late-pmi"))
        #expect(lines.contains("  CPU 10 · 0 runs · 0 PMIs · inconclusive"))
        #expect(lines.contains { $0.hasPrefix("FAULTY · freeze-on-pmi") && $0.hasSuffix("; CPU 8-9") })
    }

    @Test("No line is wider than the terminal", arguments: [40, 60, 80, 132])
    func width(width: Int) {
        let text = TextReport(style: TextStyle(width: width)).render(Fixtures.report(Self.several))
        for line in text.split(separator: "\n") { #expect(line.count <= width, "\(line)") }
    }

    @Test("The JSON keeps each CPU, and a report of one CPU has no list")
    func json() throws {
        let bytes = try ReportJSON.encode(Fixtures.report(Self.several))
        let report = try ReportJSON.decode(Report.self, from: bytes)
        #expect(report.cpus?.map(\.cpu) == Array(0..<8) + [9, 8, 10] && report.findings[0].cpus == [8, 9])
        let one = String(decoding: try ReportJSON.encode(Fixtures.report(Fixtures.faulty)), as: UTF8.self)
        #expect(!one.contains("\"cpus\""))
    }
}
