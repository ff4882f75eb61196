import Diagnosis
import FoundationEssentials
import Measurement
import PerfEvents

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
    var counts: [RunKind: DeviationRange]

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
        counts = DeviationRange.all(of: report)
    }

    var reproduced: [Finding] { findings.filter(\.isReproduced) }
    var isAnswered: Bool { verdict == .accurate || verdict == .faulty }

    /// "FAULTY · freeze-on-pmi: 10 branches lost at each PMI".
    var headline: String {
        let faults = reproduced.map(\.headline)
        let text = faults.isEmpty ? reasons.first : faults.joined(separator: "; ")
        return printable(source.word(verdict) + (text.map { " · \($0)" } ?? ""))
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

/// Runs that should all deviate alike: the same code, counted in the same way.
struct RunKind: Hashable, Sendable {
    var workload: String
    var iterations: UInt64
    var arm: Arm
    var period: UInt64?

    /// "tight-loop, arm B, period 100,003, 1,000,000 iterations"
    var description: String {
        let period = period.map { ", period \(Figures.grouped($0))" } ?? ""
        return "\(workload), arm \(arm.rawValue)\(period), \(Figures.grouped(iterations)) iterations"
    }
}

/// By how much the undisturbed runs of a kind deviated.
struct DeviationRange: Hashable, Sendable {
    /// Expected minus counted.
    var low: Int64
    var high: Int64
    var runs: UInt64

    static func all(of report: Report) -> [RunKind: DeviationRange] {
        var ranges: [RunKind: DeviationRange] = [:]
        for run in report.runs where run.planted == nil && !run.isDisturbed {
            let kind = RunKind(workload: run.workload, iterations: run.iterations, arm: run.arm, period: run.period)
            let deviation = run.deviation
            var range = ranges[kind] ?? DeviationRange(low: deviation, high: deviation, runs: 0)
            range.low = min(range.low, deviation)
            range.high = max(range.high, deviation)
            range.runs += 1
            ranges[kind] = range
        }
        return ranges
    }

    /// How far from exact the worst run was.
    var magnitude: UInt64 { max(low.magnitude, high.magnitude) }

    /// "exact", "30 lost", "1 to 3 gained", "from 3 gained to 7 lost".
    var text: String { low == 0 && high == 0 ? "exact" : Direction.words(deficits: low, high) }
}
