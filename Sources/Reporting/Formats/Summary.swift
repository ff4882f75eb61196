import Diagnosis
import Measurement

/// The sentences that several formats share. Nothing in them that a terminal obeys.
enum Summary {
    /// "FAULTY", "SIMULATED FAULTY": a verdict that is copied out of its report must still say that no machine was
    /// measured.
    static func word(_ report: Report) -> String {
        (report.source == .simulated ? "SIMULATED " : "") + report.verdict.rawValue.uppercased()
    }

    /// What the verdict says in one sentence: the worst fault, else the first reason.
    static func sentence(_ report: Report) -> String {
        if report.verdict == .faulty, let finding = report.findings.first(where: \.isReproduced) {
            return printable(FindingText.headline(finding))
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

    /// "48,210 PMIs in 96 runs" of a probe.
    static func figures(_ probe: ProbeResult) -> String {
        let runs = Figures.counted(UInt64(max(0, probe.runs)), "run")
        return probe.pmis > 0 ? "\(runs), \(Figures.counted(probe.pmis, "PMI"))" : runs
    }
}
