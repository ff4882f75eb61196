import Measurement

/// Everything a diagnosis found out: the measured part of a report.
public struct DiagnosisResult: Codable, Sendable, Hashable {
    public var source: CounterSource
    public var verdict: Verdict
    /// Why this verdict, most important first, a sentence each.
    public var reasons: [String]
    public var findings: [Finding]
    public var probes: [ProbeResult]
    public var runs: [RunRecord]
    /// How late the PMIs came; absent where no run tells.
    public var skid: SkidSummary?
    /// What was left out or repeated, a sentence each.
    public var notes: [String]
    /// Runs that this machine could not make, and why; absent where there are none.
    public var refusals: [Refusal]?
    /// What truecount itself did to the CPU, where it was asked to.
    public var induced: InducedFault?
    /// One for each CPU, where several were diagnosed (`--cpu all`); absent for one.
    public var cpus: [CPUResult]?
    /// Whether it was stopped before its end (Ctrl-C): it then holds what was known by then.
    public var interrupted: Bool

    public init(
        source: CounterSource, verdict: Verdict, reasons: [String], findings: [Finding], probes: [ProbeResult],
        runs: [RunRecord], notes: [String] = [], interrupted: Bool = false
    ) {
        self.source = source
        self.verdict = verdict
        self.reasons = reasons
        self.findings = findings
        self.probes = probes
        self.runs = runs
        self.notes = notes
        self.interrupted = interrupted
    }
}
