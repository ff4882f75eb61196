import Measurement

/// What a diagnosis is asked to do.
public struct DiagnosisRequest: Sendable, Hashable {
    public var effort: Effort
    /// The CPU under test.
    public var cpu: Int
    /// Counts between two PMIs, instead of the effort's own ladder of periods. Each at least 2.
    public var periods: [UInt64]
    /// How often each run is made, instead of the effort's own number.
    public var rounds: Int?
    /// Decides the order of the runs. The same seed on the same machine gives the same order.
    public var seed: UInt64
    /// `perf_event_max_sample_rate`, in samples a second: a plan stays ten times below it.
    public var sampleRateLimit: UInt64
    /// The ids of the probes to ask; empty asks all. What is left out of ``ProbeDescription/arms`` leaves the verdict
    /// open.
    public var probes: Set<String> = []
    /// Whether runs at ``periods`` may take an hour each instead of two seconds.
    public var allowsLongRuns = false

    public init(
        effort: Effort = .standard, cpu: Int, periods: [UInt64] = [], rounds: Int? = nil, seed: UInt64 = 1,
        sampleRateLimit: UInt64 = 100_000
    ) {
        self.effort = effort
        self.cpu = cpu
        self.periods = periods
        self.rounds = rounds
        self.seed = seed
        self.sampleRateLimit = sampleRateLimit
    }
}

/// How far a diagnosis is, told before each run: for a line on a terminal.
public struct DiagnosisProgress: Sendable, Hashable {
    /// Title of the probe that is running.
    public var probe: String
    public var runsDone: Int
    public var runsPlanned: Int
    /// Estimated seconds of the runs done, and of all that are planned, by the speed of the workloads here.
    public var secondsDone: Double
    public var secondsPlanned: Double
    /// Estimated seconds of the run that begins now, and of the longest one.
    public var secondsOfRun: Double
    public var longestRun: Double

    public init(
        probe: String, runsDone: Int, runsPlanned: Int, secondsDone: Double = 0, secondsPlanned: Double = 0,
        secondsOfRun: Double = 0, longestRun: Double = 0
    ) {
        self.probe = probe
        self.runsDone = runsDone
        self.runsPlanned = runsPlanned
        self.secondsDone = secondsDone
        self.secondsPlanned = secondsPlanned
        self.secondsOfRun = secondsOfRun
        self.longestRun = longestRun
    }

    /// From 0 to 1.
    public var share: Double {
        if secondsPlanned > 0 { return min(1, secondsDone / secondsPlanned) }
        return runsPlanned > 0 ? min(1, Double(runsDone) / Double(runsPlanned)) : 0
    }
}

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
    /// Why only the workloads' speed was measured: the runs asked for would take too long. Absent where they were made.
    public var planRefusal: String?

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

/// A run under a condition that could not be made, and why.
public struct Refusal: Codable, Sendable, Hashable {
    public var probe: String
    public var condition: Condition
    /// Counts of the sampled event between two overflows, as planned.
    public var period: UInt64?
    public var reason: String

    init(_ plan: RunPlan, _ condition: Condition, because reason: String) {
        probe = plan.probe
        self.condition = condition
        period = plan.period
        self.reason = reason
    }
}

/// How a probe ended.
public enum ProbeOutcome: String, Codable, Sendable, Hashable {
    case clean, finding, inconclusive, skipped
}

/// What one probe has to say.
public struct ProbeResult: Codable, Sendable, Hashable {
    public var id: String
    public var question: String
    /// Short name of the line a person reads, such as "runs with PMIs".
    public var title: String
    public var outcome: ProbeOutcome
    /// The answer to the question, in a few words: "exact", "10 lost at each PMI", "not measured: no core PMU".
    public var answer: String
    /// Undisturbed runs that the answer rests on, the disturbed ones beside them, and the PMIs taken in the former.
    public var runs: Int
    public var disturbedRuns: Int
    public var pmis: UInt64

    public init(
        id: String, question: String, title: String, outcome: ProbeOutcome, answer: String, runs: Int = 0,
        disturbedRuns: Int = 0, pmis: UInt64 = 0
    ) {
        self.id = id
        self.question = question
        self.title = title
        self.outcome = outcome
        self.answer = answer
        self.runs = runs
        self.disturbedRuns = disturbedRuns
        self.pmis = pmis
    }
}

extension DiagnosisResult {
    /// A fault that truecount made itself needs no advice about the kernel, and its absence needs an explanation.
    package mutating func markInduced(_ fault: InducedFault) {
        induced = fault
        for index in findings.indices where findings[index].fault == .freezeOnPMI {
            findings[index].advice = "truecount set the CPU's freeze bit itself: the fault was found, as it had to be."
        }
        guard findings.isEmpty, verdict == .accurate else { return }
        if fault.restored {
            reasons.append(
                "the counters were told to freeze at a PMI and lost nothing: this CPU stops them when it takes the interrupt, not at the overflow"
            )
        } else {
            // A guard that failed may have restored the register before the end.
            verdict = .inconclusive
            reasons.append("the freeze bit may not have been set all the time: putting it back failed")
        }
    }
}
