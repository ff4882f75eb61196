import Diagnosis
import Reporting
import Testing

@Suite("What explain shows")
struct ExplainTests {
    @Test("Without a name every fault has a line")
    func list() throws {
        let outcome = try Program.truecount.run(["explain"])
        #expect(outcome.termination == .exited(0) && outcome.errors.isEmpty)
        let names = outcome.output.split(separator: "\n").map { $0.prefix { $0 != " " } }
        for fault in Fault.allCases { #expect(names.contains { $0 == fault.rawValue }) }
        #expect(names.count == FaultExplanation.all.count)
    }

    @Test("Every fault can be explained, and its JSON reads back to the same bytes")
    func each() throws {
        for fault in Fault.allCases {
            let text = try Program.truecount.run(["explain", fault.rawValue])
            #expect(text.termination == .exited(0))
            #expect(text.output.hasPrefix("\(fault.rawValue) · "))
            for heading in ["What happens", "How it shows", "What to do", "References"] {
                #expect(text.output.contains("\n\(heading)\n"), "\(fault.rawValue)")
            }
        }
        let json = try Program.truecount.run(["explain", "freeze-on-pmi", "--format", "json"])
        let bytes = Array(json.output.utf8)
        let report = try ReportJSON.decode(ExplanationReport.self, from: bytes)
        #expect(try ReportJSON.encode(report) == bytes)
        #expect(report.explanations.map(\.slug) == ["freeze-on-pmi"])
    }

    @Test(
        "A mistyped name is answered with near ones, in one line",
        arguments: [("freeze-on-pmo", "did you mean freeze-on-pmi?"), ("frobnicate", "truecount explain lists all")])
    func mistyped(name: String, hint: String) throws {
        let outcome = try Program.truecount.run(["explain", name])
        #expect(outcome.termination == .exited(64))
        #expect(outcome.errorLines.count == 1 && outcome.output.isEmpty)
        #expect(outcome.errors.contains(hint))
    }
}
