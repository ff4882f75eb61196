import FoundationEssentials
import Measurement
import Testing

@testable import Diagnosis
@testable import Reporting

/// Reports of the guest lab, which tests edit.
enum LabReports {
    static let healthy = "6.12.95-healthy-skid0to40"
    static let freezing = "5.10.262-v4pmi-on-skid10"
    static let withoutPMU = "6.12.95-no-pmu"

    static func read(_ name: String) throws -> Report {
        try ReportFile.read("\(CommittedReports.folder)/lab/\(name).json")
    }

    /// As if it had been made on another machine: its scope is that of its environment.
    static func read(_ name: String, on change: (inout Machine) -> Void) throws -> Report {
        var report = try read(name)
        change(&report.environment)
        report.scope = Scope(report.environment)
        return report
    }
}

@Suite("The gate")
struct GateTests {
    private typealias Lab = LabReports

    private static let table: [(baseline: String, current: String, exitCode: Int32, reason: String)] = [
        (Lab.healthy, Lab.healthy, 0, "every run was exact"), (Lab.healthy, "7.2.13-whole-healthy", 0, "every run was"),
        (Lab.healthy, Lab.freezing, 1, "new fault freeze-on-pmi: 10 branches lost at each PMI"),
        (Lab.freezing, Lab.freezing, 1, "fault freeze-on-pmi, as in the baseline: 10 branches lost at each PMI"),
        (Lab.freezing, "5.10.262-v4pmi-on-skid100", 1, "larger fault freeze-on-pmi: 10 branches lost"),
        (Lab.freezing, Lab.healthy, 0, "every run was exact"),
        (Lab.freezing, "6.12.95-drop13", 1, "new fault pmi-drop: "),
        (Lab.healthy, Lab.withoutPMU, 1, "no verdict any more: accurate → unsupported, there is no core PMU"),
        (Lab.freezing, Lab.withoutPMU, 1, "no verdict any more: faulty → unsupported"),
        (Lab.withoutPMU, Lab.healthy, 0, "every run was exact"),
        (Lab.withoutPMU, Lab.freezing, 1, "new fault freeze-on-pmi"),
        (Lab.withoutPMU, Lab.withoutPMU, 4, "no verdict now, and none in the baseline: there is no core PMU"),
        (Lab.healthy, "6.12.95-induced", 3, "truecount made the fault of this report itself"),
    ]

    @Test("decides on kept reports, and never passes a fault by itself", arguments: table.indices)
    func outcome(row: Int) throws {
        let (baseline, current, exitCode, reason) = Self.table[row]
        let decision = try decide(try Lab.read(baseline), try Lab.read(current))
        #expect(decision.exitCode == exitCode)
        #expect(decision.outcome == [0: .passed, 1: .failed][exitCode] ?? .inconclusive)
        #expect(decision.reasons[0].hasPrefix(reason), "\(decision.reasons)")
    }

    @Test("says first which kernels it compared on which CPU, then the decision, then the reason")
    func firstLine() throws {
        let decision = try decide(try Lab.read(Lab.healthy), try Lab.read(Lab.freezing))
        #expect(
            decision.text().split(separator: "\n")[0]
                == "Linux 6.12.95+deb12-cloud-amd64 → 5.10.0-46-cloud-amd64 on Intel 06-5e-03 (Skylake), guest of QEMU"
                + " · GATE FAILED · new fault freeze-on-pmi: 10 branches lost at each PMI, on every counter of this CPU;"
                + " no entry of the policy accepts it")
    }

    // MARK: Which baselines

    private static let unfit: [(problem: String, make: @Sendable () throws -> Report)] = [
        ("truecount made its fault itself (--induce)", { try Lab.read("6.12.95-induced") }),
        (
            "truecount made its fault itself (--induce)",
            {
                var report = try Lab.read("6.12.95-induced")
                report.induced = nil
                return report
            }
        ),
        ("it is of a simulated PMU", { Fixtures.report(Fixtures.simulated, model: Fixtures.model) }),
        (
            "it was interrupted",
            {
                var report = try Lab.read(Lab.healthy)
                report.interrupted = true
                return report
            }
        ),
        (
            "--probe left out what a verdict rests on: bystander",
            {
                var report = try Lab.read(Lab.healthy)
                for index in report.probes.indices where report.probes[index].id == "bystander" {
                    (report.probes[index].outcome, report.probes[index].answer) = (
                        .skipped, "not measured: left out by --probe"
                    )
                }
                return report
            }
        ),
        (
            "the CPU's model was redacted",
            {
                let report = try Lab.read(Lab.healthy) { $0.processor.identity = "HOST 06-5e-03" }
                return try report.redacted(hostName: nil)
            }
        ),
        (
            "the hypervisor's name was redacted",
            { try Lab.read(Lab.healthy) { $0.hypervisor?.name = "host7" }.redacted(hostName: "host7") }
        ),
    ]

    @Test("refuses what is no baseline in one line that says why and what to type", arguments: unfit.indices)
    func unfitBaselines(row: Int) throws {
        let (problem, make) = Self.unfit[row]
        let report = try make()
        let refusal = #expect(throws: GateRefusal.self) { try GateReport(baseline: report, name: "b.json") }
        let text = refusal?.description ?? ""
        #expect(text.hasPrefix("b.json is no baseline: \(problem)"), "\(text)")
        #expect(text.hasSuffix("Make one with truecount diagnose --format json --output FILE"))
        #expect(!text.contains("\n"))
    }

    @Test("takes a redacted baseline that still names CPU and hypervisor")
    func redacted() throws {
        let redacted = try Lab.read(Lab.healthy).redacted(hostName: "buildhost")
        #expect(try decide(redacted, try Lab.read(Lab.freezing)).outcome == .failed)
        #expect(try decide(redacted, try Lab.read(Lab.healthy)).outcome == .passed)
    }

    // MARK: The same machine

    private static let others: [(difference: String, change: @Sendable (inout Machine) -> Void)] = [
        ("CPU: Intel 06-5e → AMD 19-61", { ($0.processor.identity, $0.processor.vendor) = ("AMD 19-61-02", "AMD") }),
        ("CPU: Intel 06-5e → Intel 06-9e", { $0.processor.identity = "Intel 06-9e-03" }),
        ("core type: none → atom", { $0.processor.coreType = "atom" }),
        ("platform: guest of QEMU → guest of KVM", { $0.hypervisor?.name = "KVM" }),
        ("platform: guest of QEMU → bare metal", { $0.hypervisor = nil }),
        ("CPU: not known of both", { $0.processor.identity = nil }),
    ]

    @Test("is inconclusive on another machine, and says what differs", arguments: others.indices)
    func otherMachine(row: Int) throws {
        let (difference, change) = Self.others[row]
        for name in [Lab.healthy, Lab.freezing] {
            let decision = try decide(try Lab.read(Lab.freezing), try Lab.read(name, on: change))
            #expect(decision.exitCode == 3 && decision.outcome == .inconclusive)
            #expect(decision.reasons == ["not the same machine: \(difference)"])
        }
    }

    @Test("compares another stepping, microcode and kernel of the same CPU")
    func sameMachine() throws {
        let current = try Lab.read(Lab.healthy) {
            $0.processor.identity = "Intel 06-5e-04"
            ($0.processor.microcode, $0.kernel.release) = ("0x9", "9.9.9")
        }
        #expect(try decide(try Lab.read(Lab.freezing), current).outcome == .passed)
    }

    @Test("takes a baseline of all kinds of core for one of them, and not the reverse")
    func coreTypes() throws {
        var hybrid = GateMachine(try Lab.read(Lab.healthy))
        var one = hybrid
        (hybrid.coreTypes, one.coreTypes) = (["core", "atom"], ["atom"])
        #expect(one.differences(from: hybrid).isEmpty)
        #expect(hybrid.differences(from: one) == ["core type: atom → atom, core"])
    }

    // MARK: What does not add up

    private static let contradictions: [(problem: String, name: String, edit: @Sendable (inout Report) -> Void)] = [
        ("it says faulty, its runs say faulty (freeze-on-pmi)", Lab.freezing, { $0.findings = [] }),
        (
            "it says accurate, its runs say faulty (freeze-on-pmi)", Lab.freezing,
            { ($0.verdict, $0.findings) = (.accurate, []) }
        ),
        (
            "it says unsupported, its runs say faulty (freeze-on-pmi)", Lab.freezing,
            { ($0.verdict, $0.findings) = (.unsupported, []) }
        ),
        ("it says accurate, and has no runs", Lab.healthy, { $0.runs = [] }),
        ("it says accurate, and has no runs", Lab.healthy, { ($0.runs, $0.probes) = ([], []) }),
        ("it says unsupported, and has no runs", Lab.withoutPMU, { $0.runs = [] }),
        ("its figures of freeze-on-pmi are not", Lab.freezing, { $0.findings[0].size.max = 9 }),
        (
            "its figures of freeze-on-pmi are not", Lab.freezing,
            { $0.findings[0].frequency = Frequency(1, of: 1_000_000, per: .pmi) }
        ),
        ("pmi-totals is clean in 9 runs; by its runs it is clean in ", Lab.healthy, { $0.probes[1].runs = 9 }),
        (
            "it says accurate, its runs say inconclusive", Lab.healthy,
            { $0.runs.removeAll { $0.arm == .countingAlone } }
        ),
        ("it has no answer to bystander", Lab.healthy, { $0.probes = [] }),
        ("its source is hardware, and it has runs of source breakpoint", Lab.withoutPMU, { $0.source = .hardware }),
        ("its source is breakpoint, and it has runs of source hardware", Lab.freezing, { $0.source = .breakpoint }),
        ("its scope is \"Linux 9 · ", Lab.healthy, { $0.scope.kernel = "9" }),
        ("its scope is \"Linux 6.12.95+deb12-cloud-amd64 · AMD", Lab.healthy, { $0.scope.cpu = "AMD 19-61-02" }),
        (
            "its runs are not those of the CPUs that it lists", Lab.freezing,
            { $0.cpus = [CPUResult(cpu: 1, verdict: .accurate)] }
        ),
        ("it was made with --induce, and names no fault that was made", "6.12.95-induced", { $0.induced = nil }),
    ]

    @Test("refuses a report that says something else than its runs", arguments: contradictions.indices)
    func contradiction(row: Int) throws {
        let (problem, name, edit) = Self.contradictions[row]
        var report = try Lab.read(name)
        _ = try GateReport(kept: report, name: "untouched")
        edit(&report)
        let refusal = #expect(throws: GateRefusal.self) { try GateReport(kept: report, name: "c.json") }
        let text = refusal?.description ?? ""
        #expect(text.hasPrefix("c.json does not add up: \(problem)"), "\(text)")
        #expect(!text.contains("\n"))
        #expect(throws: GateRefusal.self) { try GateReport(baseline: report, name: "c.json") }
    }

    @Test("refuses numbers that no run can have, before they are summed up")
    func implausible() throws {
        let edits: [(inout Report) -> Void] = [
            { $0.runs[3].pmis = .max }, { $0.runs[3].smis = .max }, { $0.runs[3].expected = 1 << 63 },
            { $0.runs[3].period = 0 }, { $0.skid?.rrLimit = .max }, { $0.runs[3].ledger?.losses.add(.min) },
        ]
        for edit in edits {
            var report = try Lab.read(Lab.freezing)
            report.runs[3].ledger = report.runs[3].ledger ?? Ledger()
            edit(&report)
            let refusal = #expect(throws: GateRefusal.self) { try GateReport(kept: report, name: "c.json") }
            #expect(refusal?.description.hasPrefix("c.json does not add up: ") == true, "\(refusal?.description ?? "")")
        }
    }

    @Test("takes every committed report as it stands")
    func committed() throws {
        for path in try CommittedReports.paths() {
            let report = try ReportFile.read(path)
            #expect(throws: Never.self) { try GateReport(kept: report, name: path) }
        }
    }

    @Test("takes what it has just measured, of all CPUs, too")
    func measured() {
        let decision = decide(measured: Fixtures.accurate, Fixtures.faulty)
        #expect(decision.outcome == .failed && decision.faults.map(\.fault) == [.freezeOnPMI])
        let simulated = decide(measured: Fixtures.accurate, Fixtures.simulated)
        #expect(simulated.exitCode == 3 && simulated.reasons[0].contains("simulated"))
        #expect(decide(measured: Fixtures.inconclusive, Fixtures.inconclusive).exitCode == 3)
    }

    // MARK: The least effect

    @Test(
        "calls a fault that the policy accepts more frequent only from 1 % of the PMIs on",
        arguments: [(UInt64(500_000), true), (505_000, true), (509_999, true), (510_000, false), (600_000, false)])
    func leastEffect(affected: UInt64, passes: Bool) throws {
        func result(_ affected: UInt64) -> DiagnosisResult {
            var result = Fixtures.faulty
            result.findings[0].frequency = Frequency(affected, of: 1_000_000, per: .pmi)
            return result
        }
        let policy = try GatePolicyTests.policy(atMost: 10)
        let decision = decide(measured: result(500_000), result(affected), policy)
        #expect(decision.outcome == (passes ? .passed : .failed), "\(decision.reasons)")
        #expect(passes || decision.reasons[0].hasSuffix("it is more frequent than in the baseline"))
    }

    // MARK: -

    private func decide(_ baseline: Report, _ current: Report, _ policy: GatePolicy = .none) throws -> GateDecision {
        GateDecision(
            baseline: try GateReport(baseline: baseline, name: "baseline"),
            current: try GateReport(kept: current, name: "current"), policy: policy, today: "2027-01-01")
    }

    private func decide(
        measured baseline: DiagnosisResult, _ current: DiagnosisResult, _ policy: GatePolicy = .none
    ) -> GateDecision {
        GateDecision(
            baseline: GateReport(measured: Fixtures.report(baseline), name: "baseline"),
            current: GateReport(measured: Fixtures.report(current), name: "current"), policy: policy,
            today: "2027-01-01")
    }
}
