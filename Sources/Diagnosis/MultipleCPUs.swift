import Measurement
import PerfEvents

/// What a diagnosis of several CPUs says of one of them.
public struct CPUResult: Codable, Sendable, Hashable {
    public var cpu: Int
    /// "core", "atom" or "lowpower" on hybrid CPUs.
    public var coreType: String?
    public var verdict: Verdict
    /// Faults found on it, reproduced or not.
    public var faults: [Fault]
    /// Why this verdict, most important first, a sentence each.
    public var reasons: [String]
    /// Runs made on it; all of them are in the report's own list.
    public var runs: Int
    public var pmis: UInt64

    public init(
        cpu: Int, coreType: String? = nil, verdict: Verdict, faults: [Fault] = [], reasons: [String] = [],
        runs: Int = 0,
        pmis: UInt64 = 0
    ) {
        self.cpu = cpu
        self.coreType = coreType
        self.verdict = verdict
        self.faults = faults
        self.reasons = reasons
        self.runs = runs
        self.pmis = pmis
    }
}

/// The diagnosis of one CPU among several.
public struct CPUDiagnosis: Sendable {
    public var cpu: Int
    public var coreType: String?
    /// The skid that rr allows for on this core, in counts, where known.
    public var skidLimit: UInt64?
    public var result: DiagnosisResult

    public init(cpu: Int, coreType: String? = nil, skidLimit: UInt64? = nil, result: DiagnosisResult) {
        self.cpu = cpu
        self.coreType = coreType
        self.skidLimit = skidLimit
        self.result = result
    }

    /// A CPU that went offline meanwhile: the kernel moved its thread elsewhere, so no verdict on it can stand.
    public mutating func markOffline() {
        result.verdict = .inconclusive
        result.reasons.insert(
            "CPU \(cpu) went offline during its diagnosis; runs made after that are another CPU's", at: 0)
    }

    var summary: CPUResult {
        CPUResult(
            cpu: cpu, coreType: coreType, verdict: result.verdict, faults: result.findings.map(\.fault),
            reasons: result.reasons, runs: result.runs.count, pmis: result.runs.reduce(0) { $0 + $1.pmis })
    }
}

extension Finding {
    /// The CPUs that show it as the kernel writes lists, "0-3,8"; nil where one CPU alone was diagnosed.
    public var cpuList: String? { cpus.map(cpuListText) }
}

/// Numbers of CPUs as the kernel writes lists: "0-3,8".
public func cpuListText(_ cpus: [Int]) -> String { CPUList(cpus).description }

extension DiagnosisResult {
    /// One result of several CPUs: the verdict is the worst, runs are all kept, findings say where they show.
    ///
    /// - Parameter diagnoses: ordered by CPU. Of none, nothing can be said: the verdict is inconclusive.
    public static func merged(_ diagnoses: [CPUDiagnosis]) -> DiagnosisResult {
        let verdict = diagnoses.map(\.result.verdict).min { $0.rank < $1.rank } ?? .inconclusive
        let findings = mergedFindings(diagnoses)
        var result = DiagnosisResult(
            source: diagnoses.first?.result.source ?? .hardware, verdict: verdict,
            reasons: mergedReasons(diagnoses, verdict, findings), findings: findings,
            probes: mergedProbes(diagnoses), runs: diagnoses.flatMap(\.result.runs),
            notes: told(diagnoses) { $0.notes } + childrenNote(diagnoses),
            interrupted: diagnoses.contains { $0.result.interrupted })
        result.cpus = diagnoses.map(\.summary)
        let limits = Set(diagnoses.map(\.skidLimit))
        result.skid = SkidSummary(
            Evidence(runs: result.runs, source: result.source, skidLimit: limits.count == 1 ? limits.first ?? nil : nil)
        )
        let refusals = diagnoses.flatMap { $0.result.refusals ?? [] }
        result.refusals = refusals.isEmpty ? nil : refusals
        return result
    }

    /// getrusage(2) has one sum for all children of a process, and those of several CPUs run at the same time.
    private static func childrenNote(_ diagnoses: [CPUDiagnosis]) -> [String] {
        guard diagnoses.count > 1,
            diagnoses.contains(where: {
                $0.result.source != .simulated
                    && $0.result.runs.contains { $0.planted != nil || $0.condition?.kind == .recorder }
            })
        else { return [] }
        return ["context switches of traced runs include those of the other CPUs at that time"]
    }

    /// One finding for each fault, judged again by the runs of all CPUs that show it.
    private static func mergedFindings(_ diagnoses: [CPUDiagnosis]) -> [Finding] {
        var places: [Range<Int>] = []
        for diagnosis in diagnoses {
            let start = places.last?.upperBound ?? 0
            places.append(start..<start + diagnosis.result.runs.count)
        }
        return Fault.allCases.compactMap { fault in
            let showing = diagnoses.indices.filter { index in
                diagnoses[index].result.findings.contains { $0.fault == fault }
            }
            let single = showing.flatMap { diagnoses[$0].result.findings }.filter { $0.fault == fault }
            guard let strongest = single.max(by: { $0.runs.count < $1.runs.count }) else { return nil }
            let runs = showing.flatMap { index in
                zip(places[index], diagnoses[index].result.runs).map { Run(index: $0, record: $1) }
            }
            let together = Evidence(
                runs, source: diagnoses[showing[0]].result.source, skidLimit: diagnoses[showing[0]].skidLimit)
            var finding = Judge.findings(together).first { $0.fault == fault } ?? strongest
            // Judged together it may look otherwise; then its runs are those that each CPU told of.
            finding.runs = showing.flatMap { index in
                diagnoses[index].result.findings.filter { $0.fault == fault }.flatMap(\.runs)
                    .map { $0 + places[index].lowerBound }
            }
            // Once on each of two CPUs is not twice on one.
            finding.isReproduced = single.contains(where: \.isReproduced)
            finding.cpus = showing.map { diagnoses[$0].cpu }
            return finding
        }
    }

    /// A faulty report's first reasons are those of its findings, as on one CPU (``VerdictRule``).
    private static func mergedReasons(
        _ diagnoses: [CPUDiagnosis], _ verdict: Verdict, _ findings: [Finding]
    ) -> [String] {
        guard !diagnoses.isEmpty else { return ["no CPU could be diagnosed"] }
        guard verdict == .faulty else {
            let worstFirst = diagnoses.sorted { ($0.result.verdict.rank, $0.cpu) < ($1.result.verdict.rank, $1.cpu) }
            return told(worstFirst) { $0.reasons }
        }
        let reproduced = findings.filter { $0.isReproduced && $0.fault != .starvedCounter }
        return reproduced.map { "\($0.fault.rawValue): \($0.mechanism)" }
            + told(diagnoses.filter { $0.result.verdict != .faulty }, of: diagnoses.count) { $0.reasons }
    }

    /// Sentences of several CPUs, each once, with the CPUs that say it where not all do.
    private static func told(
        _ diagnoses: [CPUDiagnosis], of all: Int? = nil, _ sentences: (DiagnosisResult) -> [String]
    ) -> [String] {
        var order: [String] = []
        var cpus: [String: [Int]] = [:]
        for diagnosis in diagnoses {
            for sentence in sentences(diagnosis.result) {
                if cpus[sentence] == nil { order.append(sentence) }
                if cpus[sentence]?.last != diagnosis.cpu { cpus[sentence, default: []].append(diagnosis.cpu) }
            }
        }
        return order.map { sentence in
            let telling = cpus[sentence] ?? []
            return telling.count == all ?? diagnoses.count ? sentence : "CPU \(CPUList(telling)): \(sentence)"
        }
    }

    /// Probes are concluded on each CPU by itself, since a control has its twin on its own; here they are summed up.
    private static func mergedProbes(_ diagnoses: [CPUDiagnosis]) -> [ProbeResult] {
        let worst: [ProbeOutcome] = [.finding, .inconclusive, .clean, .skipped]
        let ids = diagnoses.flatMap(\.result.probes).map(\.id)
        var seen: Set<String> = []
        return ids.filter { seen.insert($0).inserted }.compactMap { id in
            let parts = diagnoses.compactMap { diagnosis in
                diagnosis.result.probes.first { $0.id == id }.map { (cpu: diagnosis.cpu, probe: $0) }
            }
            guard var merged = parts.first?.probe else { return nil }
            merged.outcome = worst.first { outcome in parts.contains { $0.probe.outcome == outcome } } ?? merged.outcome
            merged.runs = parts.reduce(0) { $0 + $1.probe.runs }
            merged.disturbedRuns = parts.reduce(0) { $0 + $1.probe.disturbedRuns }
            merged.pmis = parts.reduce(0) { $0 + $1.probe.pmis }
            var answers: [String] = []
            for part in parts where !answers.contains(part.probe.answer) { answers.append(part.probe.answer) }
            guard answers.count > 1 else { return merged }
            merged.answer = answers.map { answer in
                "CPU \(CPUList(parts.filter { $0.probe.answer == answer }.map(\.cpu))): \(answer)"
            }.joined(separator: "; ")
            return merged
        }
    }
}
