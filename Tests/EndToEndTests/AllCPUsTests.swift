import Diagnosis
import Measurement
import Reporting
import Testing

@Suite("A diagnosis of all CPUs")
struct AllCPUsTests {
    private func report(_ arguments: [String], _ program: Program = .truecount) throws -> (Report, ProgramOutcome) {
        let outcome = try program.run(["diagnose", "--quick"] + arguments + ["--format", "json"])
        #expect(outcome.errors.isEmpty, "\(outcome.errors)")
        return (try ReportJSON.decode(Report.self, from: Array(outcome.output.utf8)), outcome)
    }

    @Test("Every allowed CPU is diagnosed at the same time, exactly, and has its place in one report")
    func breakpoints() throws {
        let (report, outcome) = try report(["--cpu", "all", "--pmu", "breakpoint", "--seed", "5"])
        let cpus = allowedCPUs()
        #expect(outcome.termination == .exited(4))
        #expect(report.cpus?.map(\.cpu) == cpus)
        #expect(report.cpus?.allSatisfy { $0.verdict == .unsupported && $0.faults.isEmpty } == true)
        #expect(Set(report.runs.map(\.cpu)) == Set(cpus))
        #expect(report.findings.isEmpty && report.probes.allSatisfy { $0.outcome == .clean || $0.outcome == .skipped })
        let natural = report.runs.filter { $0.planted == nil && !$0.isDisturbed }
        #expect(natural.allSatisfy { $0.deviation == 0 && ($0.samplerDeviation ?? 0) == 0 })
        for cpu in cpus { #expect(natural.contains { $0.cpu == cpu && $0.pmis > 0 }) }
        #expect(report.runs.allSatisfy { ($0.migrations == 0) == ($0.condition?.kind != .migration) })
        #expect(try ReportJSON.encode(report) == Array(outcome.output.utf8))
    }

    @Test("CPUs that may not be used are not")
    func affinity() throws {
        let last = try #require(allowedCPUs().last)
        let program = Program.truecount.launched(by: "taskset", "-c", "\(last)")
        let (report, _) = try report(["--cpu", "all", "--pmu", "breakpoint"], program)
        #expect(report.cpus?.map(\.cpu) == [last])
    }

    @Test("CPUs of a list are diagnosed, and no others")
    func list() throws {
        let cpus = Array(allowedCPUs().prefix(2))
        try #require(cpus.count == 2)
        let (report, outcome) = try report(
            ["--cpu", "\(cpus[1]),\(cpus[0])-\(cpus[0])", "--pmu", "simulated:skylake-4.20"])
        #expect(outcome.termination == .exited(1))
        #expect(report.cpus?.map(\.cpu) == cpus && Set(report.runs.map(\.cpu)) == Set(cpus))
    }

    @Test("The text has a line for the CPUs, and a finding says where it shows")
    func text() throws {
        let outcome = try Program.truecount.run(
            ["diagnose", "--quick", "--cpu", "all", "--pmu", "simulated:skylake-4.20", "--seed", "1"])
        #expect(outcome.termination == .exited(1))
        let list = cpuListText(allowedCPUs())
        let lines = outcome.output.split(separator: "\n")
        #expect(
            lines.contains { $0.hasPrefix("! CPU \(list) · ") && $0.hasSuffix("faulty · freeze-on-pmi") })
        #expect(lines.contains { $0.hasPrefix("SIMULATED FAULTY · freeze-on-pmi") && $0.hasSuffix("; CPU \(list)") })
    }

    @Test("One CPU alone has no list of CPUs in its report")
    func one() throws {
        let (report, _) = try report(["--pmu", "simulated:healthy-skylake"])
        #expect(report.cpus == nil)
    }

    @Test("CPUs are numbers, lists or all", arguments: ["--cpu=-1", "--cpu=some", "--cpu=", "--cpu=1-", "--cpu=0,,1"])
    func mistyped(option: String) throws {
        let outcome = try Program.truecount.run(["diagnose", "--quick", option])
        #expect(outcome.termination == .exited(64) && outcome.errorLines.count == 1)
    }

    @Test("A fault is induced on one CPU, and not on all")
    func induced() throws {
        let outcome = try Program.truecount.run(["diagnose", "--cpu", "all", "--induce", "freeze-on-pmi"])
        #expect(outcome.termination == .exited(64) && outcome.errors.contains("--cpu"))
    }
}
