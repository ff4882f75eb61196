import Diagnosis
import Measurement
import Reporting
import Testing

@Suite("A diagnosis of a simulated PMU")
struct SimulatedPMUTests {
    @Test("A model's fault is found, and every part of the report says that it is simulated")
    func faulty() throws {
        let arguments = ["diagnose", "--quick", "--pmu", "simulated:skylake-4.20,skid=5-40,seed=7", "--seed", "1"]
        let text = try Program.truecount.run(arguments)
        #expect(text.termination == .exited(1) && text.errors.isEmpty)
        let lines = text.output.split(separator: "\n")
        #expect(lines.first?.hasPrefix("SIMULATED · skylake-4.20") == true)
        #expect(lines.contains { $0.hasPrefix("SIMULATED FAULTY · freeze-on-pmi") })
        let json = try Program.truecount.run(arguments + ["--format", "json"])
        let report = try ReportJSON.decode(Report.self, from: Array(json.output.utf8))
        #expect(report.source == .simulated && report.model?.name == "skylake-4.20")
        #expect(report.model?.parameters["skid"] == "5-40" && report.model?.parameters["seed"] == "7")
        #expect(!report.runs.isEmpty && report.runs.allSatisfy { $0.event.hasPrefix("SIMULATED") })
    }

    @Test("A healthy model is accurate, and the same seed gives the same runs")
    func healthy() throws {
        func runs() throws -> Report {
            let outcome = try Program.truecount.run(
                ["diagnose", "--quick", "--pmu", "simulated:healthy-zen2", "--seed", "3", "--format", "json"])
            #expect(outcome.termination == .exited(0))
            return try ReportJSON.decode(Report.self, from: Array(outcome.output.utf8))
        }
        #expect(try runs().runs == runs().runs)
    }

    @Test(
        "What is mistyped is named in one line, with what was meant",
        arguments: [
            ("simulated:skylake-4.2", "skylake-4.20"), ("simulated:skylake-4.20,skidd=3", "did you mean skid?"),
            ("simulated:skylake-4.20,width=1", "16 to 63"), ("simulator", "simulated:MODEL"),
            ("simulated:", "list models"),
        ])
    func mistakes(choice: String, hint: String) throws {
        let outcome = try Program.truecount.run(["diagnose", "--pmu", choice])
        #expect(outcome.termination == .exited(64) && outcome.output.isEmpty)
        #expect(outcome.errorLines.count == 1 && outcome.errors.contains(hint), "\(outcome.errors)")
    }

    @Test(
        "Options of the machine's own counters have no meaning with it",
        arguments: [["--event", "r1c4"], ["--induce", "freeze-on-pmi"]])
    func contradictions(options: [String]) throws {
        let outcome = try Program.truecount.run(["diagnose", "--pmu", "simulated:healthy-zen2"] + options)
        #expect(outcome.termination == .exited(64) && outcome.errorLines.count == 1, "\(outcome.errors)")
    }

    @Test("Models and parameters are listed by name")
    func list() throws {
        let models = try Program.truecount.run(["list", "models"])
        #expect(models.termination == .exited(0) && models.output.contains("skylake-4.20"))
        let parameters = try Program.truecount.run(["list", "models", "--parameters"])
        #expect(parameters.termination == .exited(0) && parameters.output.contains("freeze"))
    }
}
