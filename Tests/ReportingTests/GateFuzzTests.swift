import FoundationEssentials
import Measurement
import Testing

@testable import Diagnosis
@testable import Reporting

/// Reports of the lab with random edits to their JSON, and random policies. Whatever was edited, a fault passes only by
/// an entry that names it.
@Suite("The gate, fuzzed")
struct GateFuzzTests {
    /// Edited reports of a seed, and the pairs of a baseline and a policy that each of them meets.
    private static let (reports, pairs) = (250, 10)

    @Test("10,000 edited baselines, reports and policies: none passes a fault that no entry names", arguments: 1...4)
    func fuzz(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let bases = try FuzzBase.all.get()
        let baselines = (0..<2 * bases.count).map { index in
            FuzzBase.edited(bases[index % bases.count], edits: index / bases.count, &random)
                .flatMap { try? GateReport(baseline: $0, name: "baseline") }
        }
        var counts: [String: Int] = [:]
        for number in 0..<Self.reports {
            let base = bases.randomElement(using: &random) ?? bases[0]
            let report = FuzzBase.edited(base, edits: [0, 0, 1, 1, 2, 3].randomElement(using: &random) ?? 1, &random)
            let current = report.flatMap { try? GateReport(kept: $0, name: "current") }
            let faults = report.map { Self.faults(of: $0, from: base, isUsable: current != nil) } ?? []
            for _ in 0..<Self.pairs {
                let policy = FuzzPolicy(&random)
                guard let current, let baseline = baselines.randomElement(using: &random) ?? nil,
                    let accepted = try? GatePolicy(decoding: Array(policy.text.utf8))
                else {
                    counts["refused", default: 0] += 1
                    continue
                }
                let decision = GateDecision(
                    baseline: baseline, current: current, policy: accepted, today: FuzzPolicy.today)
                counts[decision.outcome.rawValue, default: 0] += 1
                guard decision.outcome == .passed, let fault = faults.first(where: { !policy.names($0) }) else {
                    continue
                }
                Issue.record(
                    "seed \(seed), report \(number): \(base.name) passed \(fault.headline); policy \(policy.text)")
            }
        }
        print("gate fuzz, seed \(seed): \(counts.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" })")
        for outcome in ["passed", "failed", "inconclusive", "refused"] {
            #expect(counts[outcome, default: 0] >= 20, "\(outcome) was hardly tried")
        }
    }

    /// The faults that the edited report has: those that it says itself, those of its runs by the judge alone, and those
    /// that the lab's PMU had, if no run was touched.
    private static func faults(of report: Report, from base: FuzzBase, isUsable: Bool) -> [Finding] {
        guard isUsable else { return [] }
        let judged = DiagnosisResult.judged(
            runs: report.runs, source: report.source, refusals: report.refusals ?? [], skidLimit: report.skid?.rrLimit)
        let known = report.runs == base.report.runs ? base.report.findings : []
        let said = report.verdict == .faulty && report.findings.isEmpty ? [FuzzPolicy.nameless] : report.findings
        return (said + judged.findings + known).filter { $0.isReproduced && $0.fault != .starvedCounter }
    }
}

/// A report of the lab with fewer runs, which says what they say, and its JSON.
struct FuzzBase: Sendable {
    let name: String
    let report: Report
    private let json: JSONValue

    static let all = Result {
        try [
            "6.12.95-healthy-skid0to40", "5.10.262-v4pmi-on-skid10", "6.12.95-drop13", "6.12.95-surplus7",
            "6.12.95-lost-pmi7-at-random-seed1-quick", "6.12.95-spurious100000", "6.12.95-no-pmu", "6.12.95-induced",
            "5.10.262-v4pmi-on-freeze-at-delivery",
        ].map { try FuzzBase($0) }
    }

    private init(_ name: String) throws {
        self.name = name
        let whole = try LabReports.read(name)
        var report = whole
        // Two runs of each kind; of a kind that deviates, two that do.
        var kept: [String: Int] = [:]
        report.runs = whole.runs.filter { run in
            let kind = "\(run.workload) \(run.arm) \(run.period ?? 0) \(run.planted.debugDescription) \(run.deviates)"
            kept[kind, default: 0] += 1
            return kept[kind, default: 0] <= 2
        }
        for index in report.runs.indices { report.runs[index].ledger = report.runs[index].ledger?.keeping(2) }
        let again = report.result.judgedAgain()
        (report.verdict, report.reasons, report.findings) = (again.verdict, again.reasons, again.findings)
        (report.probes, report.skid) = (again.probes, again.skid)
        try #require(report.verdict == whole.verdict, "\(name): \(report.reasons)")
        try #require(report.findings.map(\.fault) == whole.findings.map(\.fault), "\(name)")
        self.report = report
        json = try JSONValue(encoding: report)
    }

    /// Nil where it is no report any more.
    static func edited(_ base: FuzzBase, edits: Int, _ random: inout SeededGenerator) -> Report? {
        guard edits > 0 else { return base.report }
        var json = base.json
        for _ in 0..<edits {
            if Bool.random(using: &random) { json.editAimed(&random) } else { json.editAnywhere(&random) }
        }
        return try? ReportFile.decode(Array(json.compact.utf8), name: base.name)
    }
}

/// A policy as text, and what it says by the test's own reading.
private struct FuzzPolicy {
    static let today = "2027-03-01"
    private(set) var text: String
    private var entries: [(fault: String, until: String, atMost: UInt64)] = []

    static let nameless = Finding(
        fault: Fault(rawValue: "nameless"), per: .run, direction: .lost,
        size: FaultSize(min: 1, median: 1, max: 1, mean: 1), frequency: Frequency(1, of: 1, per: .run), mechanism: "",
        advice: "", evidence: [], excluded: [], notMeasured: [], runs: [], isReproduced: true)

    init(_ random: inout SeededGenerator) {
        let faults = ["freeze-on-pmi", "pmi-drop", "pmi-surplus", "lost-pmi", "inexact-uninterrupted", "late-pmi"]
        let days = ["2020-01-01", "2027-02-28", "2027-03-01", "2027-03-02", "2099-12-31"]
        for _ in 0..<Int.random(in: 0...4, using: &random) {
            entries.append(
                (
                    faults.randomElement(using: &random) ?? "", days.randomElement(using: &random) ?? "",
                    [1, 6, 7, 9, 10, 13, 14, 39, 1_000, .max].randomElement(using: &random) ?? 1
                ))
        }
        let written = entries.map {
            #"{"fault": "\#($0.fault)", "until": "\#($0.until)", "atMost": \#($0.atMost), "because": "x"}"#
        }
        text = #"{"accept": [\#(written.joined(separator: ", "))]}"#
        // One in eight has a mistake, and must accept nothing.
        guard Int.random(in: 0..<8, using: &random) == 0 else { return }
        entries = []
        let mistakes = [
            ("fault", "falt"), ("2027-03-02", "2027-02-30"), ("lost-pmi", "lost-pim"), ("]}", "}"),
            ("because", "until"),
        ]
        let (what, by) = mistakes.randomElement(using: &random) ?? ("]", "")
        let wrong = text.replacing(what, with: by)
        text = wrong == text ? "{" : wrong
    }

    func names(_ finding: Finding) -> Bool {
        entries.contains {
            $0.fault == finding.fault.rawValue && $0.until >= Self.today && $0.atMost >= finding.size.max
        }
    }
}

extension JSONValue {
    /// One of the edits that someone might try who wants a fault to pass.
    fileprivate mutating func editAimed(_ random: inout SeededGenerator) {
        let verdicts = ["accurate", "faulty", "inconclusive", "unsupported"]
        switch Int.random(in: 0..<16, using: &random) {
        case 0: self["verdict"] = .string(verdicts.randomElement(using: &random) ?? "")
        case 1: (self["verdict"], self["findings"]) = (.string("accurate"), .array([]))
        case 2: self["findings"] = .array([])
        case 3: self["runs"] = .array([])
        case 4: self["probes"] = .array([])
        case 5: self["findings"]?.editItem(&random) { $0["fault"] = .string("late-pmi") }
        case 6: self["findings"]?.editItem(&random) { $0["isReproduced"] = .bool(false) }
        case 7: self["findings"]?.editItem(&random) { $0["size"]?["max"] = .signed(1) }
        case 8: self["runs"]?.editItem(&random) { $0["counted"] = $0["expected"] }
        case 9: self["runs"]?.editItem(&random) { $0["disturbances"] = .array([.string("throttled")]) }
        case 10: self["runs"]?.editEach { $0["counted"] = $0["expected"] }
        case 11: self["runs"]?.editEach { $0["disturbances"] = .array([.string("throttled")]) }
        case 12: self["source"] = .string(["hardware", "breakpoint", "simulated"].randomElement(using: &random) ?? "")
        case 13: (self["induced"], self["cpus"]) = (nil, .array([]))
        case 14: self["skid"]?["rrLimit"] = .signed(1_000_000)
        default: self["schemaVersion"] = .signed(1)
        }
    }

    /// Anything, anywhere: a value of another kind, another number, nothing, or an item less or more.
    fileprivate mutating func editAnywhere(_ random: inout SeededGenerator) {
        switch self {
        case .object(var members):
            guard let index = members.indices.randomElement(using: &random) else { return }
            if members[index].value.isLeaf, Int.random(in: 0..<4, using: &random) == 0 {
                members.remove(at: index)
            } else {
                members[index].value.editAnywhere(&random)
            }
            self = .object(members)
        case .array(var values):
            guard let index = values.indices.randomElement(using: &random) else { return }
            switch Int.random(in: 0..<4, using: &random) {
            case 0: values.remove(at: index)
            case 1: values.append(values[index])
            default: values[index].editAnywhere(&random)
            }
            self = .array(values)
        case .signed(let value):
            self = .signed([0, 1, -1, value &+ 1, value &* 2, .max].randomElement(using: &random) ?? 0)
        case .string:
            self = .string(["", "accurate", "breakpoint", "KVM", "clean", "A"].randomElement(using: &random) ?? "")
        case .bool(let value): self = .bool(!value)
        case .null, .unsigned, .double: self = .signed(0)
        }
    }

    private var isLeaf: Bool {
        switch self {
        case .object, .array: false
        default: true
        }
    }

    private subscript(name: String) -> JSONValue? {
        get { members?[name] }
        set {
            guard case .object(var members) = self else { return }
            members.removeAll { $0.name == name }
            if let newValue { members.append(Member(name: name, value: newValue)) }
            self = .object(members)
        }
    }

    private mutating func editItem(_ random: inout SeededGenerator, _ edit: (inout JSONValue) -> Void) {
        guard case .array(var values) = self, let index = values.indices.randomElement(using: &random) else { return }
        edit(&values[index])
        self = .array(values)
    }

    private mutating func editEach(_ edit: (inout JSONValue) -> Void) {
        guard case .array(var values) = self else { return }
        for index in values.indices { edit(&values[index]) }
        self = .array(values)
    }
}
