import Diagnosis
import FoundationEssentials
import Measurement

/// A report as one line of JSON of at most 2 KB, for a log pipeline, SQL or `compare --fleet`: the verdict and what it is
/// about, without probes, runs and evidence. docs/report-format.md has its fields.
public struct SummaryLine: Codable, Sendable, Hashable {
    /// Raised when a name changes its meaning or goes away.
    public static let version = 1
    /// Bytes of the line, its newline included: what syslog (RFC 5424, 6.1) and journald take as one message.
    public static let sizeLimit = 2048

    /// A reproduced fault.
    public struct Finding: Codable, Sendable, Hashable {
        public var fault: Fault
        public var direction: Direction
        /// What the size is counted per.
        public var per: FaultUnit
        /// Branches; PMIs where the direction is `missing` or `twice`.
        public var least: UInt64
        public var median: UInt64
        public var most: UInt64
        /// How many of those that could show the fault did: PMIs, runs, …, as `among` says.
        public var affected: UInt64
        public var of: UInt64
        public var among: FaultUnit
    }

    public var summaryVersion = Self.version
    /// The host name; of a kept report, which has none, the name of its file. "HOST" where it was redacted.
    public var machine: String?
    /// When the diagnosis was started, and how many seconds it took.
    public var time: Date
    public var seconds: Int?
    public var verdict: Verdict
    /// Of the native world (docs/exit-codes.md).
    public var exitCode: Int32
    public var source: CounterSource
    /// A fault that truecount made itself (`--induce`); absent where it made none.
    public var induced: String?
    public var interrupted: Bool?
    /// The first of the verdict's reasons.
    public var reason: String
    public var findings: [Finding]
    /// Findings that did not fit into the line.
    public var findingsLeftOut: Int?
    public var kernel: String
    public var architecture: String
    /// Vendor, family-model-stepping and micro-architecture; the CPU's own name; the type of core on hybrid CPUs.
    public var cpu: String
    public var cpuName: String?
    public var coreType: String?
    public var microcode: String?
    public var platform: Scope.Platform
    public var hypervisor: String?
    /// What was counted.
    public var event: String?
    public var runs: Int
    public var pmis: UInt64
    /// The version of truecount.
    public var truecount: String

    /// - Parameter machine: The host that was diagnosed, where it is known. A redacted report does not tell it.
    public init(_ report: Report, machine: String? = nil) {
        self.machine = report.redacted == true ? Redaction.host : machine
        time = report.startedAt
        seconds = report.endedAt.map { Int($0.timeIntervalSince(report.startedAt)) }
        (verdict, exitCode, source) = (report.verdict, report.verdict.exitCode, report.source)
        (induced, interrupted) = (report.induced?.fault, report.interrupted)
        reason = Summary.sentence(report)
        findings = report.findings.filter(\.isReproduced).map { finding in
            Finding(
                fault: finding.fault, direction: finding.direction, per: finding.per, least: finding.size.min,
                median: finding.size.median, most: finding.size.max, affected: finding.frequency.affected,
                of: finding.frequency.of, among: finding.frequency.per)
        }
        let scope = report.scope
        (kernel, architecture, cpu) = (scope.kernel, scope.architecture, scope.cpu)
        (coreType, microcode, platform, hypervisor) = (
            scope.coreType, scope.microcode, scope.platform, scope.hypervisor
        )
        cpuName = report.source == .simulated ? nil : report.environment.processor.name
        event = report.runs.first?.event
        runs = report.runs.count
        // A file may hold any number.
        pmis = report.runs.reduce(0) { $0.addingReportingOverflow($1.pmis).overflow ? .max : $0 + $1.pmis }
        truecount = report.tool.version
    }

    /// The line with its newline. Texts are cut, and findings left out, as far as it takes to keep the limit.
    ///
    /// - Throws: `EncodingError`, in theory: nothing in it is a number that is not finite.
    public func rendered() throws -> String {
        var line = ""
        // The last keeps the limit whatever the report holds: names have at most 64 bytes, numbers 20 digits.
        for (text, findings) in [(300, 12), (120, 8), (60, 5), (30, 3), (16, 2)] {
            line = try ReportJSON.compact(cut(to: text, findings: findings)) + "\n"
            if line.utf8.count <= Self.sizeLimit { break }
        }
        return line
    }

    private func cut(to limit: Int, findings most: Int) -> SummaryLine {
        var line = self
        let texts: [WritableKeyPath<SummaryLine, String>] = [\.reason, \.kernel, \.architecture, \.cpu, \.truecount]
        let others: [WritableKeyPath<SummaryLine, String?>] = [
            \.machine, \.induced, \.cpuName, \.coreType, \.microcode, \.hypervisor, \.event,
        ]
        for text in texts { line[keyPath: text] = Self.cut(self[keyPath: text], to: limit) }
        for text in others { line[keyPath: text] = self[keyPath: text].map { Self.cut($0, to: limit) } }
        if findings.count > most {
            line.findings = Array(findings.prefix(most))
            line.findingsLeftOut = findings.count - most + (findingsLeftOut ?? 0)
        }
        return line
    }

    /// At most so many bytes within a JSON string, where a quotation mark and a backslash take two.
    private static func cut(_ text: String, to limit: Int) -> String {
        let scalars = printable(text).unicodeScalars
        func size(_ scalar: Unicode.Scalar) -> Int { scalar == "\"" || scalar == "\\" ? 2 : UTF8.width(scalar) }
        guard scalars.reduce(0, { $0 + size($1) }) > limit else { return String(scalars) }
        var room = limit - "…".utf8.count
        let kept = scalars.prefix { scalar in
            room -= size(scalar)
            return room >= 0
        }
        return String(kept) + "…"
    }
}
