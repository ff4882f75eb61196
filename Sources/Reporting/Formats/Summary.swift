import Diagnosis
import Measurement

/// The sentences that several formats share. Nothing in them that a terminal obeys.
enum Summary {
    static func word(_ report: Report) -> String { report.source.word(report.verdict) }

    /// What the verdict says in one sentence: the worst fault, else the first reason.
    static func sentence(_ report: Report) -> String {
        if report.verdict == .faulty, let finding = report.findings.first(where: \.isReproduced) {
            return printable(finding.headline)
        }
        return report.reasons.first.map(printable) ?? "no reason was given"
    }

    /// What the verdict is about: "Linux 5.10.0-46-amd64 · Intel 06-5e-03 (Skylake) · guest of QEMU · microcode 0x1".
    static func scope(_ report: Report) -> String {
        if report.source == .simulated {
            return printable(
                "SIMULATED \(report.model?.name ?? "PMU"): a software model of a PMU, nothing about this machine")
        }
        return report.scope.line
    }

    /// What must be known before any figure is read, a sentence each; empty for a plain diagnosis of a core PMU.
    static func cautions(_ report: Report) -> [String] {
        var cautions: [String] = []
        switch report.source {
        case .hardware: break
        case .breakpoint:
            cautions.append(
                "breakpoint counter: the kernel's perf core was checked; whether PMIs lose branches cannot be told")
        case .simulated: cautions.append("SIMULATED: a software model of a PMU was measured, no machine")
        }
        if let induced = report.induced {
            cautions.append(
                "INDUCED: \(induced.fault) was made by truecount itself (\(induced.register) of CPU \(induced.cpu))"
                    + (induced.restored ? "" : ", and NOT PUT BACK"))
        }
        if report.interrupted == true { cautions.append("INTERRUPTED: stopped before its end") }
        return cautions.map(printable)
    }

    /// The notes, those of one kind as one with their number: what differs in numbers and names only tells the same.
    static func notes(_ report: Report) -> [String] {
        var order: [String] = []
        var notes: [String: (first: String, count: UInt64)] = [:]
        let names = Set(report.runs.map(\.workload))
        for note in report.notes {
            let words = note.split(separator: " ").map { word in
                names.contains(String(word)) || word.contains(where: \.isNumber) || word.count == 1 ? "…" : word
            }
            let kind = words.joined(separator: " ")
            if notes[kind] == nil { order.append(kind) }
            notes[kind] = (notes[kind]?.first ?? note, (notes[kind]?.count ?? 0) + 1)
        }
        return order.compactMap { notes[$0] }.map { note in
            let others = note.count > 1 ? " (and \(Figures.counted(note.count - 1, "note")) of this kind)" : ""
            return printable(note.first) + others
        }
    }

    /// What disturbed the runs of a diagnosis without an answer: by what, how many, and what to do about it. Empty
    /// where few were disturbed, or there is an answer.
    static func disturbances(_ report: Report) -> [String] {
        guard report.verdict == .inconclusive else { return [] }
        let runs = report.runs.filter { $0.condition == nil }
        let disturbed = runs.filter(\.isDisturbed)
        guard 10 * disturbed.count > runs.count else { return [] }
        let kinds = Disturbance.allCases.map { kind in (kind, disturbed.count { $0.disturbances.contains(kind) }) }
            .filter { $0.1 > 0 }.sorted { $0.1 > $1.1 }
        guard let worst = kinds.first?.0 else { return [] }
        let names = kinds.map { "\($0.rawValue) \($1)" }.joined(separator: ", ")
        let all = "\(disturbed.count) of \(Figures.counted(UInt64(runs.count), "run")) were disturbed: \(names)"
        guard let known = FaultExplanation.of(slug: worst.rawValue) else { return [all] }
        return [
            all, "\(worst.rawValue): \(known.summary)",
            known.whatToDo.joined(separator: " ") + " More: truecount explain \(worst.rawValue)",
        ].map(printable)
    }

    /// "48,210 PMIs in 96 runs" of a probe.
    static func figures(_ probe: ProbeResult) -> String {
        let runs = Figures.counted(UInt64(max(0, probe.runs)), "run")
        return probe.pmis > 0 ? "\(runs), \(Figures.counted(probe.pmis, "PMI"))" : runs
    }
}

extension CounterSource {
    /// What every figure that no core PMU made is labelled with; nil for a core PMU's.
    var label: String? {
        switch self {
        case .hardware: nil
        case .breakpoint: "breakpoint"
        case .simulated: "SIMULATED"
        }
    }

    /// The label before a row that may be copied out of its report, "SIMULATED: ", or nothing.
    func label(with separator: String) -> String { label.map { $0 + separator } ?? "" }

    /// "FAULTY", "SIMULATED FAULTY": a verdict that is copied out of its report must still say that no machine was
    /// measured.
    func word(_ verdict: Verdict) -> String {
        (self == .simulated ? label(with: " ") : "") + verdict.rawValue.uppercased()
    }
}

extension Fault {
    /// Who tells more about it, and the command, if it is one of this version's.
    var more: (words: String, command: String?) {
        Fault.allCases.contains(self)
            ? ("More:", "truecount explain \(rawValue)")
            : ("A later truecount than this \(Tool.current.version) can explain it.", nil)
    }
}

extension Report {
    /// The reproduced ones first.
    var findingsInOrder: [Finding] { findings.filter(\.isReproduced) + findings.filter { !$0.isReproduced } }
}

/// A probe, or the verdict, as the test protocols see it.
struct TestPoint {
    enum Outcome {
        case pass, fail, skip
        /// It cannot be told: no pass, and no fault of the kernel's either.
        case error
    }

    /// One word that stays the same from version to version, with the counter source where that is no core PMU
    /// (labelled in each row).
    var name: String
    var title: String
    var outcome: Outcome
    /// The answer, in one line without control characters.
    var reason: String
    var runs: Int?
    var disturbedRuns: Int?
    var pmis: UInt64?
    /// How long the events of the runs that it asked for were enabled. Runs that several probes use are the first one's.
    var nanoseconds: UInt64 = 0

    /// The probes in their order, then the verdict.
    static func all(of report: Report) -> [TestPoint] {
        let label = report.source.label(with: ".")
        let times = report.runs.reduce(into: [String: UInt64]()) { $0[$1.probe, default: 0] &+= $1.timeEnabled }
        let probes = report.probes.map { probe in
            TestPoint(
                name: label + slug(probe.id), title: printable(probe.title), outcome: outcome(probe.outcome),
                reason: printable(probe.answer), runs: probe.runs, disturbedRuns: probe.disturbedRuns,
                pmis: probe.pmis, nanoseconds: times[probe.id] ?? 0)
        }
        let verdict = TestPoint(
            name: label + "verdict", title: Summary.word(report), outcome: outcome(report.verdict),
            reason: Summary.sentence(report))
        return probes + [verdict]
    }

    private static func outcome(_ outcome: ProbeOutcome) -> Outcome {
        switch outcome {
        case .clean: .pass
        case .finding: .fail
        case .inconclusive: .error
        case .skipped: .skip
        }
    }

    private static func outcome(_ verdict: Verdict) -> Outcome {
        switch verdict {
        case .accurate: .pass
        case .faulty: .fail
        case .inconclusive: .error
        case .unsupported: .skip
        }
    }
}

/// A counter of an undisturbed run that did not count what it should have.
struct DeviatingRun {
    var workload: String
    var arm: String
    var period: UInt64?
    var expected: UInt64
    var counted: UInt64
    var pmis: UInt64
    /// Expected minus counted.
    var deviation: Int64

    /// In the order of the runs, without those in which truecount itself lost counts.
    static func all(of report: Report) -> [DeviatingRun] {
        report.runs.filter { $0.planted == nil && !$0.isDisturbed }.flatMap { run -> [DeviatingRun] in
            let own = DeviatingRun(
                workload: run.workload, arm: run.arm.rawValue, period: run.period, expected: run.expected,
                counted: run.counted, pmis: run.pmis, deviation: run.deviation)
            guard let expected = run.samplerExpected, let counted = run.samplerCounted,
                let deviation = run.samplerDeviation
            else { return [own] }
            let sampler = DeviatingRun(
                workload: run.workload, arm: "\(run.arm.rawValue), sampler", period: run.period, expected: expected,
                counted: counted, pmis: run.pmis, deviation: deviation)
            return [own, sampler]
        }.filter { $0.deviation != 0 }
    }
}
