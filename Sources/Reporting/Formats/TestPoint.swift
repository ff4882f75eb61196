import Diagnosis
import Measurement

/// A probe, or the verdict, as the test protocols see it.
struct TestPoint {
    enum Outcome {
        case pass, fail, skip
        /// It cannot be told: no pass, and no fault of the kernel's either.
        case error
    }

    /// One word that stays the same from version to version, with the counter source where that is no core PMU
    /// (DESIGN.md, "Honesty": labelled in each row).
    var name: String
    var title: String
    var outcome: Outcome
    /// The answer, in one line without control characters.
    var reason: String
    var runs: Int?
    var disturbedRuns: Int?
    var pmis: UInt64?

    /// The probes in their order, then the verdict.
    static func all(of report: Report) -> [TestPoint] {
        let label =
            switch report.source {
            case .hardware: ""
            case .breakpoint: "breakpoint."
            case .simulated: "SIMULATED."
            }
        let probes = report.probes.map { probe in
            TestPoint(
                name: label + slug(probe.id), title: printable(probe.title), outcome: outcome(probe.outcome),
                reason: printable(probe.reason), runs: probe.runs, disturbedRuns: probe.disturbedRuns,
                pmis: probe.pmis)
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
