import CPerf
import Diagnosis
import FoundationEssentials
import Measurement
import PerfEvents

/// One diagnosis, as a machine reads it, in reading order: the verdict first, the runs last. The property names are the
/// report's format: from a `schemaVersion` on they only ever get company. What is absent is left out of the JSON, never
/// `null`; counts are integers of 64 bits.
public struct Report: Encodable, Sendable, Hashable {
    /// Raised when a name changes its meaning or goes away.
    public var schemaVersion: Int
    public var verdict: Verdict
    /// Why this verdict, most important first, a sentence each.
    public var reasons: [String]
    public var source: CounterSource
    /// What was simulated, where `source` is `simulated`, else absent.
    public var model: ReportedModel?
    /// A fault that truecount itself made for the time of the diagnosis (`--induce`), else absent.
    public var induced: InducedFault?
    /// True if the diagnosis was stopped before its end, else absent.
    public var interrupted: Bool?
    /// True if what identifies a machine was removed, else absent.
    public var redacted: Bool?
    public var findings: [Finding]
    public var probes: [ProbeResult]
    /// How late the PMIs came, in branches; absent where no run tells.
    public var skid: SkidSummary?
    /// One for each CPU, where several were diagnosed (`--cpu all`), else absent.
    public var cpus: [CPUResult]?
    public var scope: Scope
    /// What was left out or repeated, a sentence each.
    public var notes: [String]
    /// Runs that this machine could not make, and why; absent where there are none.
    public var refusals: [Refusal]?
    /// All that `truecount info` knows.
    public var environment: Machine
    public var tool: Tool
    /// When the diagnosis was started and when it ended; RFC 3339 strings of whole seconds in the JSON. The end is
    /// absent in reports of format 1.
    public var startedAt: Date
    public var endedAt: Date?
    /// The command line, without the program's name.
    public var arguments: [String]
    /// What the order of the runs was drawn from.
    public var seed: UInt64
    /// How to see the same again. Absent in reports of truecount 0.1.0.
    public var commands: ReportedCommands?
    public var runs: [RunRecord]

    /// - Parameter ledgers: how many rows of the ledgers the report keeps; what is found does not depend on it.
    public init(
        result: DiagnosisResult, environment: Machine, startedAt: Date, endedAt: Date? = nil, arguments: [String],
        seed: UInt64, model: ReportedModel? = nil, ledgers: LedgerDetail = .sampled, tool: Tool = .current
    ) {
        let result = result.addressed(to: environment)
        schemaVersion = reportSchemaVersion
        (verdict, reasons, source) = (result.verdict, result.reasons, result.source)
        self.model = model
        induced = result.induced
        interrupted = result.interrupted ? true : nil
        (findings, probes, skid, cpus) = (result.findings, result.probes, result.skid, result.cpus)
        scope = model.map { Scope(simulated: $0.name, on: environment) } ?? Scope(environment)
        (notes, refusals) = (result.notes, result.refusals)
        self.environment = environment
        self.tool = tool
        // The format has whole seconds, and a report must be equal to what is read back from its JSON.
        func wholeSeconds(_ date: Date) -> Date {
            Date(timeIntervalSince1970: date.timeIntervalSince1970.rounded(.down))
        }
        self.startedAt = wholeSeconds(startedAt)
        self.endedAt = endedAt.map(wholeSeconds)
        self.arguments = arguments
        self.seed = seed
        runs = ledgers.applied(to: result.runs)
        commands = ReportedCommands(self)
    }

    /// The measured part, as the diagnosis gave it.
    var result: DiagnosisResult {
        var result = DiagnosisResult(
            source: source, verdict: verdict, reasons: reasons, findings: findings, probes: probes, runs: runs,
            notes: notes, interrupted: interrupted == true)
        (result.skid, result.refusals, result.induced, result.cpus) = (skid, refusals, induced, cpus)
        return result
    }

    enum CodingKeys: String, CodingKey {
        case schemaVersion, verdict, reasons, source, model, induced, interrupted, redacted, findings, probes, skid
        case cpus, scope, notes, refusals, environment, tool, startedAt, endedAt, arguments, seed, commands, runs
    }
}

/// The `schemaVersion` that this version of truecount writes. It reads all before.
public let reportSchemaVersion = 2

/// How many rows of the ledgers a report keeps. Their sums are exact either way, and all that is judged.
public enum LedgerDetail: String, Sendable, Hashable, CaseIterable {
    case sampled, all

    /// Rows of all ledgers together, about: a report is small enough to be attached to a mail.
    private static let budget = 2_000
    private static let onAverage = 2
    private static let mostOfARun = 64

    func applied(to runs: [RunRecord]) -> [RunRecord] {
        guard self == .sampled else { return runs }
        let rows = runs.compactMap { $0.ledger?.kept.count }
        let budget = max(Self.mostOfARun, min(Self.budget, Self.onAverage * rows.count))
        let fair = (2...Self.mostOfARun).last { limit in rows.reduce(0) { $0 + min($1, limit) } <= budget } ?? 2
        // One run stays as it is drawn in plots.
        let drawn = runs.indices.filter { index in
            let run = runs[index]
            let hasPositions = run.arm != .besideOtherEvent && (run.ledger?.positions ?? 0) > 0
            return hasPositions && !run.isDisturbed && run.planted == nil && run.condition == nil
        }
        let longest = drawn.max { (runs[$0].ledger?.kept.count ?? 0) < (runs[$1].ledger?.kept.count ?? 0) }
        return runs.enumerated().map { index, run in
            var run = run
            run.ledger = run.ledger?.keeping(index == longest ? Self.mostOfARun : fair)
            return run
        }
    }
}

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
    /// The commit that it was built from, where its build says so: `TRUECOUNT_COMMIT=$(git rev-parse HEAD) swift build`.
    public var commit: String?
    /// The build ID that the linker wrote into the executable, in hexadecimal digits: what `file` and `readelf -n` show.
    /// The same in no two executables that differ. Absent where the linker wrote none.
    public var buildID: String?

    public init(name: String, version: String, commit: String? = nil, buildID: String? = nil) {
        self.name = name
        self.version = version
        self.commit = commit
        self.buildID = buildID
    }

    public static let current = Tool(
        name: "truecount", version: "0.1.0", commit: cperf_commit().map { String(cString: $0) }, buildID: ownBuildID)

    private static var ownBuildID: String? {
        var length: CInt = 0
        guard let bytes = cperf_build_id(&length), length > 0 else { return nil }
        return (0..<Int(length)).map { (bytes[$0] < 16 ? "0" : "") + bytes[$0].hex }.joined()
    }
}

/// The JSON Schema (draft 2020-12) of the report: `Schema/report.schema.json`, built into the program because
/// the static binary has no files of its own.
public enum ReportSchema {
    /// The schema's own JSON, to the byte.
    public static let json: [UInt8] = PackageResources.report_schema_json
}

extension Report {
    /// The verdict and its first reason on one line: "FAULTY · freeze-on-pmi: 10 branches lost at each PMI, …".
    public var headline: String { "\(Summary.word(self)) · \(Summary.sentence(self))" }
}
