import FoundationEssentials
import Measurement
import Testing

@testable import Diagnosis
@testable import Reporting

/// What is kept as evidence has to be read by this version, and to say what it said.
@Suite("Committed reports")
struct CommittedReportTests {
    @Test("Each of them is a diagnosis with its runs, written as this version writes it")
    func decode() throws {
        let paths = try CommittedReports.paths()
        #expect(paths.count >= 20)
        for path in paths {
            let bytes = CommittedReports.bytes(path)
            let report = try ReportFile.decode(bytes, name: path)
            #expect(report.runs.allSatisfy { $0.condition == nil || $0.probe != "pmi-totals" }, "\(path)")
            #expect(!report.runs.isEmpty && report.schemaVersion == reportSchemaVersion, "\(path)")
            #expect(try ReportJSON.encode(report) == bytes, "\(path)")
        }
    }

    @Test("Judged again they give the same findings, probes and verdict")
    func judgedAgain() throws {
        for path in try CommittedReports.paths() {
            let report = try ReportFile.read(path)
            expectSame(report.result.judgedAgain().addressed(to: report.environment), report, path)
        }
    }

    @Test("What the lab's PMU did is what their findings say")
    func verdicts() throws {
        let faults = [
            "5.10.262-v4pmi-on-skid10": ["freeze-on-pmi: 10 branches lost at each PMI, on every counter of this CPU"],
            "6.12.95-surplus7": ["pmi-surplus: 7 branches gained at each PMI"], "6.12.95-healthy-busy": [],
            "6.12.95-no-pmu": [],
        ]
        for (name, headlines) in faults {
            let report = try ReportFile.read("\(CommittedReports.folder)/lab/\(name).json")
            #expect(report.findings.map(\.headline) == headlines, "\(name)")
        }
    }
}

/// All that was concluded is the same. How it is said may change from one version to the next, and a probe that came
/// later has no runs there.
func expectSame(_ again: DiagnosisResult, _ report: Report, _ place: String) {
    #expect(again.verdict == report.verdict, "\(place): \(again.reasons)")
    #expect(again.findings.map(\.withoutWords) == report.findings.map(\.withoutWords), "\(place)")
    #expect(again.skid == report.skid && again.cpus?.map(\.faults) == report.cpus?.map(\.faults), "\(place)")
    let kept = Set(report.probes.map(\.id))
    let probes = again.probes.filter { kept.contains($0.id) }
    #expect(probes.map(\.withoutWords) == report.probes.map(\.withoutWords), "\(place)")
    #expect(again.probes.allSatisfy { kept.contains($0.id) || $0.outcome == .skipped }, "\(place)")
}

extension Finding {
    fileprivate var withoutWords: Finding {
        var bare = self
        (bare.mechanism, bare.advice, bare.evidence) = ("", "", [])
        bare.excluded = excluded.map { ExcludedAlternative(alternative: "", because: "", runs: $0.runs) }
        bare.notMeasured = notMeasured.map {
            UnmeasuredAlternative(alternative: $0.alternative, because: "", command: "")
        }
        return bare
    }
}

extension ProbeResult {
    fileprivate var withoutWords: ProbeResult {
        var bare = self
        (bare.question, bare.title, bare.answer) = ("", "", "")
        return bare
    }
}
