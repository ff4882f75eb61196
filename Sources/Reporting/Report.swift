import Diagnosis
import FoundationEssentials
import Measurement

/// One diagnosis, as a machine reads it. The property names are the report's format: from `schemaVersion` 1 on they
/// only ever get company. What is absent is left out of the JSON, never `null`; counts are integers of 64 bits.
public struct Report: Codable, Sendable, Hashable {
    /// Raised when a name changes its meaning or goes away.
    public var schemaVersion: Int
    public var tool: Tool
    /// When the diagnosis was started; an RFC 3339 string of whole seconds in the JSON.
    public var startedAt: Date
    /// The command line, without the program's name.
    public var arguments: [String]
    /// What the order of the runs was drawn from.
    public var seed: UInt64
    public var source: CounterSource
    /// What was simulated, where `source` is `simulated`, else absent.
    public var model: ReportedModel?
    public var verdict: Verdict
    /// Why this verdict, most important first, a sentence each.
    public var reasons: [String]
    public var scope: Scope
    /// All that `truecount info` knows.
    public var environment: Machine
    public var findings: [Finding]
    public var probes: [ProbeResult]
    public var runs: [RunRecord]
    /// What was left out or repeated, a sentence each.
    public var notes: [String]
    /// How late the PMIs came, in branches; absent where no run tells.
    public var skid: SkidSummary?
    /// Runs that this machine could not make, and why; absent where there are none.
    public var refusals: [Refusal]?
    /// A fault that truecount itself made for the time of the diagnosis (`--induce`), else absent.
    public var induced: InducedFault?
    /// One for each CPU, where several were diagnosed (`--cpu all`), else absent.
    public var cpus: [CPUResult]?
    /// True if the diagnosis was stopped before its end, else absent.
    public var interrupted: Bool?
    /// How to see the same again. Absent in reports of truecount 0.1.0.
    public var commands: ReportedCommands?
    /// True if what identifies a machine was removed, else absent.
    public var redacted: Bool?

    public init(
        result: DiagnosisResult, environment: Machine, startedAt: Date, arguments: [String], seed: UInt64,
        model: ReportedModel? = nil, tool: Tool = .current
    ) {
        self.schemaVersion = reportSchemaVersion
        self.tool = tool
        // The format has whole seconds, and a report must be equal to what is read back from its JSON.
        self.startedAt = Date(timeIntervalSince1970: startedAt.timeIntervalSince1970.rounded(.down))
        self.arguments = arguments
        self.seed = seed
        self.source = result.source
        self.verdict = result.verdict
        self.reasons = result.reasons
        self.model = model
        self.scope = model.map { Scope(simulated: $0.name, on: environment) } ?? Scope(environment)
        self.environment = environment
        self.findings = result.findings
        self.probes = result.probes
        self.runs = result.runs
        self.notes = result.notes
        self.refusals = result.refusals
        self.induced = result.induced
        self.cpus = result.cpus
        self.skid = result.skid
        self.interrupted = result.interrupted ? true : nil
        self.commands = ReportedCommands(self)
    }
}

/// The `schemaVersion` that this version of truecount writes.
public let reportSchemaVersion = 1

/// The simulated PMU of a report: no machine, but a preset's name and every parameter that it had.
public struct ReportedModel: Codable, Sendable, Hashable {
    public var name: String
    public var parameters: [String: String]

    public init(name: String, parameters: [String: String]) {
        self.name = name
        self.parameters = parameters
    }
}

/// The program that made a report.
public struct Tool: Codable, Sendable, Hashable {
    public var name: String
    /// Semantic version, such as `1.2.0`.
    public var version: String

    public init(name: String, version: String) {
        self.name = name
        self.version = version
    }

    public static let current = Tool(name: "truecount", version: "0.1.0")
}
