import Measurement

/// The answer to the one question: does this kernel, on this CPU, count every branch when the counter interrupts?
public enum Verdict: String, Codable, Sendable, Hashable, CaseIterable {
    /// Every probe that the request needs ran on a core PMU, controls included, and found nothing.
    case accurate
    /// At least one finding, reproduced in a repeat run.
    case faulty
    /// Disturbed runs, a failed control, or too little data.
    case inconclusive
    /// No core PMU, no permission, or no RCB event for this CPU.
    case unsupported

    /// One CPU of which nothing is known is worse than none.
    public static let worstFirst: [Verdict] = [.faulty, .inconclusive, .unsupported, .accurate]
    /// Its place among them: 0 for the worst.
    public var rank: Int { Self.worstFirst.firstIndex(of: self) ?? 0 }

    /// The exit code of the native world (docs/exit-codes.md).
    public var exitCode: Int32 {
        switch self {
        case .accurate: 0
        case .faulty: 1
        case .inconclusive: 3
        case .unsupported: 4
        }
    }
}

/// From findings and probes to the verdict. The first rule that applies decides.
enum VerdictRule {
    /// Why a probe was not asked that the person did not choose.
    static let leftOut = "left out by --probe"

    static func decide(
        source: CounterSource, findings: [Finding], probes: [ProbeResult], failure: MeasurementError?, interrupted: Bool
    ) -> (verdict: Verdict, reasons: [String]) {
        // A counter that is taken now is not a counter that is wrong.
        let starved = findings.filter { $0.fault == .starvedCounter }
        let findings = findings.filter { $0.fault != .starvedCounter }
        let reproduced = findings.filter(\.isReproduced)
        if !reproduced.isEmpty {
            let ended = failure.map { ["the diagnosis ended early: \($0)"] } ?? []
            return (.faulty, reproduced.map { "\($0.fault.rawValue): \($0.mechanism)" } + ended)
        }
        if let failure, failure.isUnsupported { return (.unsupported, [failure.description]) }

        var doubts: [String] = []
        if interrupted { doubts.append("stopped early; this is what was known by then") }
        if let failure { doubts.append(failure.description) }
        doubts += starved.map { "\($0.fault.rawValue): \($0.mechanism)" }
        doubts += findings.map {
            "\($0.fault.rawValue) was seen in one run and not again when that was repeated; make more runs (--thorough, --runs)"
        }
        let open = probes.filter { isOpen($0, on: source) }
        doubts += open.filter { !$0.isLeftOut }.map { "\($0.id): \($0.answer)" }
        let leftOut = open.filter(\.isLeftOut).map(\.id)
        if !leftOut.isEmpty { doubts.append("left out by --probe: \(leftOut.joined(separator: ", "))") }
        if !doubts.isEmpty { return (.inconclusive, doubts) }

        switch source {
        case .breakpoint:
            return (
                .unsupported,
                [
                    "there is no core PMU here, so whether PMIs lose branches cannot be tested",
                    "the kernel's perf core counted every breakpoint exactly",
                ]
            )
        case .hardware, .simulated:
            let pmis = probes.first { $0.id == Probe.pmiTotals.id }?.pmis ?? 0
            let bound = Statistics.ruleOfThree(trials: pmis).map {
                ", so fewer than one in \(Figures.grouped(UInt64(1 / $0))) loses any (95 %)"
            }
            return (.accurate, ["every run was exact; \(Figures.grouped(pmis)) PMIs lost nothing\(bound ?? "")"])
        }
    }

    /// What a verdict rests on, and did not get, for whatever reason.
    private static func isOpen(_ probe: ProbeResult, on source: CounterSource) -> Bool {
        ProbeDescription.arms.contains(probe.id) ? probe.outcome != .clean : probe.outcome == .inconclusive
    }
}

extension ProbeResult {
    /// Whether it was not asked because `--probe` asked others.
    package var isLeftOut: Bool { answer.hasSuffix(VerdictRule.leftOut) }
}
