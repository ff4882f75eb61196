import Diagnosis
import FoundationEssentials
import Measurement

/// What a comparison needs of a report: without runs and ledgers, so that many fit into memory.
public struct ReportDigest: Encodable, Sendable, Hashable {
    /// File that it was read from, or what it was called.
    public var name: String
    public var startedAt: Date
    public var source: CounterSource
    public var verdict: Verdict
    public var reasons: [String]
    public var scope: Scope
    public var findings: [Finding]
    var probes: [ProbeResult]
    var skid: SkidSummary?
    var facts: [String: String]
    var counts: [RunKind: CountRange]

    private enum CodingKeys: String, CodingKey { case name, startedAt, source, verdict, reasons, scope, findings }

    public init(_ report: Report, name: String) {
        self.name = name
        startedAt = report.startedAt
        source = report.source
        verdict = report.verdict
        reasons = report.reasons
        scope = report.scope
        findings = report.findings
        probes = report.probes
        skid = report.skid
        facts = Self.facts(report)
        counts = CountRange.all(of: report)
    }

    var reproduced: [Finding] { findings.filter(\.isReproduced) }
    var isAnswered: Bool { verdict == .accurate || verdict == .faulty }

    /// "FAULTY · freeze-on-pmi: 10 branches lost at each PMI".
    var headline: String {
        let word = (source == .simulated ? "SIMULATED " : "") + verdict.rawValue.uppercased()
        let faults = reproduced.map(FindingText.headline)
        let text = faults.isEmpty ? reasons.first : faults.joined(separator: "; ")
        return printable(word + (text.map { " · \($0)" } ?? ""))
    }

    /// What a verdict is about, and what can change a count, by name.
    private static func facts(_ report: Report) -> [String: String] {
        let (scope, machine) = (report.scope, report.environment)
        var facts: [String: String?] = [
            "kernel": scope.kernel, "architecture": scope.architecture, "CPU": scope.cpu, "core type": scope.coreType,
            "microcode": scope.microcode, "platform": scope.platform.rawValue, "hypervisor": scope.hypervisor,
        ]
        guard report.source != .simulated else { return facts.compactMapValues(\.self) }
        facts["tainted"] = machine.kernel.tainted.map(String.init)
        facts["CPU under test"] = String(machine.processor.number)
        facts["freezes counters on PMI"] = machine.registers?.freezesCountersOnPMI.map { $0 ? "yes" : "no" }
        facts["nmi_watchdog"] = machine.limits.nmiWatchdog.map(String.init)
        facts["perf_event_max_sample_rate"] = machine.limits.perfEventMaxSampleRate.map(String.init)
        facts["perf_event_paranoid"] = machine.limits.perfEventParanoid.map(String.init)
        facts["firmware"] = machine.firmware?.biosVersion
        facts["SMT"] = machine.topology.smtControl
        facts["freeze_on_smi"] = machine.corePMU?.freezeOnSMI.map(String.init)
        facts["event"] = report.runs.first?.event
        for parameter in machine.kernel.bootParameters {
            facts["boot parameter \(parameter.name)"] = parameter.value ?? "set"
        }
        return facts.compactMapValues(\.self)
    }

    /// Those of `facts` that a verdict is about.
    static let scopeFacts: Set<String> = [
        "kernel", "architecture", "CPU", "core type", "microcode", "platform", "hypervisor",
    ]
}
