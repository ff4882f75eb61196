import Diagnosis
import Measurement

/// Why a gate does not decide by a report: one line, with what to do about it.
public struct GateRefusal: Error, Sendable, Hashable, CustomStringConvertible {
    public var description: String

    init(_ name: String, _ problem: String) { description = "\(printable(name)) \(printable(problem))" }
}

/// A report that a gate decides by: what its runs say, and which machine they are of.
public struct GateReport: Sendable {
    let digest: ReportDigest
    let machine: GateMachine
    /// Why nothing about a kernel follows from it; nil where something does.
    let caution: String?

    /// - Parameter report: One that this process has just measured.
    public init(measured report: Report, name: String) {
        digest = ReportDigest(report, name: name)
        machine = GateMachine(report)
        caution =
            report.induced != nil
            ? "truecount made the fault of this report itself (--induce)"
            : report.source == .simulated ? "this report is of a simulated PMU, not of a machine" : nil
    }

    /// - Parameter report: One that was kept. Its runs are judged again: what it says itself has to be the same.
    /// - Throws: `GateRefusal` if it does not add up.
    public init(kept report: Report, name: String) throws(GateRefusal) {
        if let impossible = report.implausibleNumber {
            throw GateRefusal(name, "does not add up: \(impossible). Diagnose again, with \(Self.remedy)")
        }
        let again = report.result.judgedAgain()
        if let contradiction = report.contradiction(judgedAgain: again) {
            let writer = report.tool == .current ? "" : ", or truecount \(report.tool.version) judged otherwise"
            throw GateRefusal(
                name, "does not add up: \(contradiction). It was edited\(writer): diagnose again, with \(Self.remedy)")
        }
        // The words of what was found are this version's as well.
        var judged = report
        (judged.verdict, judged.reasons, judged.findings) = (again.verdict, again.reasons, again.findings)
        self.init(measured: judged, name: name)
    }

    /// - Throws: `GateRefusal` for what nothing can be compared with.
    public init(baseline report: Report, name: String) throws(GateRefusal) {
        if let problem = report.unfitAsBaseline {
            throw GateRefusal(name, "is no baseline: \(problem). Make one with \(Self.remedy)")
        }
        try self.init(kept: report, name: name)
    }

    private static let remedy = "truecount diagnose --format json --output FILE"
}

extension Report {
    /// Why nothing can be compared with this report, in a clause; nil where it can.
    package var unfitAsBaseline: String? {
        if isInduced { return "truecount made its fault itself (--induce)" }
        if source == .simulated { return "it is of a simulated PMU, not of a machine" }
        if interrupted == true { return "it was interrupted before its end" }
        let leftOut = probes.filter { ProbeDescription.arms.contains($0.id) && $0.isLeftOut }.map(\.id)
        if !leftOut.isEmpty {
            return "--probe left out what a verdict rests on: \(leftOut.joined(separator: ", "))"
        }
        let machine = GateMachine(self)
        if redacted == true, let missing = machine.missing { return "\(missing) was redacted, and has to be compared" }
        return nil
    }

    /// Whether a fault was made on purpose. The option says so, too, where the rest was taken away.
    private var isInduced: Bool {
        induced != nil || arguments.contains { $0 == "--induce" || $0.hasPrefix("--induce=") }
    }

    /// Where what the report says is not what its runs and its machine say, in a clause; nil where both agree.
    func contradiction(judgedAgain again: DiagnosisResult) -> String? {
        if isInduced, induced == nil { return "it was made with --induce, and names no fault that was made" }
        if runs.isEmpty {
            let claims = !findings.isEmpty || probes.contains { $0.runs > 0 || $0.pmis > 0 }
            let isAnswered = verdict == .accurate || verdict == .faulty
            return isAnswered || claims ? "it says \(verdict.rawValue), and has no runs" : nil
        }
        return contradictingSource ?? contradictingScope ?? contradictingCPUs ?? contradictingAnswer(again)
    }

    private var contradictingSource: String? {
        let counted = Set(runs.map { CounterSource(event: $0.event) })
        guard let other = counted.first(where: { $0 != source }) else { return nil }
        return "its source is \(source.rawValue), and it has runs of source \(other.rawValue)"
    }

    private var contradictingScope: String? {
        guard source != .simulated else { return nil }
        var expected = Scope(environment)
        // The name of a microarchitecture is that of the version that wrote the report.
        if scope.cpu.hasPrefix(environment.processor.identity ?? environment.processor.name ?? "") {
            expected.cpu = scope.cpu
        }
        return scope == expected ? nil : "its scope is \"\(scope.line)\", its environment \"\(expected.line)\""
    }

    private var contradictingCPUs: String? {
        guard let cpus else { return nil }
        let made = Dictionary(grouping: runs, by: \.cpu).mapValues(\.count)
        let claimed = Dictionary(cpus.map { ($0.cpu, $0.runs) }) { first, _ in first }
        guard claimed.count == cpus.count, made.allSatisfy({ claimed[$0.key] == $0.value }) else {
            return "its runs are not those of the CPUs that it lists"
        }
        return nil
    }

    private func contradictingAnswer(_ again: DiagnosisResult) -> String? {
        func words(_ verdict: Verdict, _ findings: [Finding]) -> String {
            let faults = findings.map(\.fault.rawValue).joined(separator: ", ")
            return verdict.rawValue + (faults.isEmpty ? "" : " (\(faults))")
        }
        let (said, judged) = (words(verdict, findings), words(again.verdict, again.findings))
        if said != judged { return "it says \(said), its runs say \(judged)" }
        if findings.map(\.figures) != again.findings.map(\.figures) {
            return "its figures of \(findings.map(\.fault.rawValue).joined(separator: ", ")) are not those of its runs"
        }
        let probesAgain = Dictionary(again.probes.map { ($0.id, $0) }) { first, _ in first }
        for id in ProbeDescription.arms.sorted() where !probes.contains(where: { $0.id == id }) {
            return "it has no answer to \(id)"
        }
        for probe in probes {
            guard let other = probesAgain[probe.id], other.figures != probe.figures else { continue }
            return "\(probe.id) is \(probe.outcome.rawValue) in \(Figures.counted(UInt64(max(0, probe.runs)), "run")); "
                + "by its runs it is \(other.outcome.rawValue) in \(Figures.counted(UInt64(other.runs), "run"))"
        }
        if skid != again.skid { return "its skids are not those of its runs" }
        return nil
    }
}

extension Finding {
    /// All but its words, which change from version to version.
    fileprivate var figures: Finding {
        var bare = self
        (bare.mechanism, bare.advice, bare.evidence, bare.excluded, bare.notMeasured) = ("", "", [], [], [])
        return bare
    }
}

extension ProbeResult {
    fileprivate var figures: ProbeResult {
        var bare = self
        (bare.question, bare.title, bare.answer) = ("", "", "")
        return bare
    }
}

/// What has to be the same for two reports to be compared. The kernel is not among it: it is what changes.
struct GateMachine: Sendable, Hashable {
    /// Vendor, family and model, without the stepping: "Intel 06-5e". Nil where the report does not name them.
    var cpu: String?
    /// Empty on CPUs with one kind of core.
    var coreTypes: Set<String>
    /// "bare metal", "guest of KVM"; nil where it is not told.
    var place: String?

    init(_ report: Report) {
        let (scope, processor) = (report.scope, report.environment.processor)
        let isX86 = processor.vendor != nil
        cpu = processor.identity.map { isX86 ? $0.split(separator: "-").dropLast().joined(separator: "-") : $0 }
        coreTypes = Set(
            (report.cpus ?? []).map(\.coreType).compactMap(\.self) + [processor.coreType].compactMap(\.self))
        let hypervisor = scope.hypervisor ?? report.environment.hypervisor?.signature
        place =
            switch scope.platform {
            case .bareMetal: "bare metal"
            case .guest: hypervisor.map { "guest of \($0)" }
            case .unknown: "bare metal or a guest"
            }
        guard report.redacted == true else { return }
        if let cpu, Self.isRedacted(cpu) { self.cpu = nil }
        if let place, Self.isRedacted(place) { self.place = nil }
    }

    private static func isRedacted(_ text: String) -> Bool {
        text.split { !$0.isLetter }.contains { ["HOST", "ID", "ADDRESS", "PATH"].contains($0) }
    }

    /// What would have to be known and is not.
    var missing: String? { cpu == nil ? "the CPU's model" : place == nil ? "the hypervisor's name" : nil }

    /// In what the machine is another one than the baseline's, a clause each.
    func differences(from baseline: GateMachine) -> [String] {
        func difference(_ what: String, _ before: String?, _ after: String?) -> String? {
            guard let before, let after else { return "\(what): not known of both" }
            return before == after ? nil : "\(what): \(before) → \(after)"
        }
        let types = [baseline, self].map { $0.coreTypes.sorted().joined(separator: ", ") }
        return [
            difference("CPU", baseline.cpu, cpu),
            // A baseline of all cores serves for one of them.
            coreTypes.isSubset(of: baseline.coreTypes) && coreTypes.isEmpty == baseline.coreTypes.isEmpty
                ? nil : "core type: \(types.map { $0.isEmpty ? "none" : $0 }.joined(separator: " → "))",
            difference("platform", baseline.place, place),
        ].compactMap(\.self)
    }
}

extension CounterSource {
    /// The source whose events are named so.
    fileprivate init(event: String) {
        self = event.hasPrefix("SIMULATED") ? .simulated : event.hasPrefix("breakpoint") ? .breakpoint : .hardware
    }
}
