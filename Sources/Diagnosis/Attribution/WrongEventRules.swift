import Measurement
import Workloads

// Rules about an event that counts right, but something else than conditional branches.
extension AttributionRule {
    static let wrongEvent = AttributionRule(
        fault: .wrongEvent, unit: .run,
        reference: "rr issues 2610 and 3935; kernel-and-rr.md 3, rows 18, 19, 27 and 28",
        runs: { observations in
            OtherEvent(observations.evidence) == nil
                ? [] : observations.evidence.uninterrupted.filter { $0.deviation != 0 }
        },
        sizes: { _, runs in runs.map(\.deviation) },
        mechanism: { observations in
            switch OtherEvent(observations.evidence)?.kind {
            case .closedForm(let name, false):
                "The event counts \(name), not conditional branches: exactly as many as these workloads make."
            case .closedForm(let name, true):
                "The event counts \(name) and each interrupt besides, not conditional branches."
            case .share(let low, let high):
                "The event counts something else: \(low == high ? "\(decimal(low)) %" : "\(decimal(low)) to \(decimal(high)) %") of the conditional branches, the same share in every run of a workload."
            case nil: "The event counts something else than conditional branches."
            }
        },
        advice:
            "Check the event's code for this CPU and kernel (truecount info): a wrong umask, a kernel that strips umask2 bits (before 6.11), or another core type; or name the right one with --event.",
        evidence: { observations, runs in
            let all = observations.evidence.uninterrupted.count
            let text: String =
                switch OtherEvent(observations.evidence)?.kind {
                case .closedForm(let name, false):
                    "all \(all) uninterrupted runs counted exactly the number of their \(name)"
                case .closedForm(let name, true):
                    "all \(all) uninterrupted runs counted their \(name), and as many more as there may have been interrupts"
                case .share, nil: "all \(all) uninterrupted runs counted less than half of their conditional branches"
                }
            return [text] + firstText(runs)
        },
        excluded: { observations in
            [
                ExcludedAlternative(
                    alternative: "inexact-uninterrupted",
                    because: "the same work gives the same count, but of something else"),
                ExcludedAlternative(alternative: "dead-counter", because: "what was counted grows with the work done"),
                noPMI, undisturbed(observations),
            ]
        },
        // Positions are known in conditional branches, so a sampler of something else has no skid and no loss.
        explains: { _ in { _ in true } })
}

/// What an event counts in place of conditional branches, if the uninterrupted runs say so with one voice.
struct OtherEvent {
    enum Kind {
        /// The closed form of another figure of the workload's; whether interrupts are counted as well.
        case closedForm(String, plusInterrupts: Bool)
        /// Per cent of the conditional branches, smallest and largest of the workloads'.
        case share(low: Double, high: Double)
    }

    let kind: Kind

    private struct Candidate {
        let name: String
        let count: @Sendable (WorkloadFigures) -> UInt64
    }

    /// What the field has met in place of RCB, and their closed forms.
    private static let candidates: [Candidate] = [
        Candidate(name: "taken conditional branches") { $0.takenBranches - ($0.branches - $0.conditionalBranches) },
        Candidate(name: "conditional branches that are not taken") { $0.branches - $0.takenBranches },
        Candidate(name: "taken branches of any kind") { $0.takenBranches },
        Candidate(name: "branches of any kind") { $0.branches },
        Candidate(name: "unconditional branches") { $0.branches - $0.conditionalBranches },
        Candidate(name: "branches of any kind and system calls") { $0.branches + $0.systemCalls },
        Candidate(name: "taken branches and system calls") { $0.takenBranches + $0.systemCalls },
        Candidate(name: "instructions") { $0.instructions },
    ]

    /// Interrupts in a second that a CPU may take beside the diagnosis: ticks, at most 1,000, and devices.
    private static let interruptsPerSecond = 10_000.0
    /// Counts by which another figure has to differ from the closed form to be told from it by two runs.
    private static let leastDifference: UInt64 = 100

    init?(_ evidence: Evidence) {
        guard evidence.source != .breakpoint else { return nil }
        let runs = evidence.uninterrupted
        guard runs.count(where: { $0.deviation != 0 }) >= 2 else { return nil }
        if let kind = Self.closedForm(runs) ?? Self.share(runs) { self.kind = kind } else { return nil }
    }

    private static func closedForm(_ runs: [RunRecord]) -> Kind? {
        let figures = runs.compactMap { run in
            Workload.named(run.workload).map { (run: run, figures: $0.figures(iterations: run.iterations)) }
        }
        guard figures.count == runs.count else { return nil }
        for plusInterrupts in [false, true] {
            let found = candidates.first { candidate in
                var telling = 0
                for (run, figures) in figures {
                    let count = candidate.count(figures)
                    let interrupts =
                        plusInterrupts ? UInt64(Double(run.timeEnabled) * 1e-9 * interruptsPerSecond) + 2 : 0
                    guard run.counted >= count, run.counted - count <= interrupts else { return false }
                    let difference = max(count, run.expected) - min(count, run.expected)
                    if difference >= leastDifference + 10 * interrupts { telling += 1 }
                }
                return telling >= 2
            }
            if let found { return .closedForm(found.name, plusInterrupts: plusInterrupts) }
        }
        return nil
    }

    /// Every run counts less than half, and each workload the same share of its own, to the last count and one in a
    /// thousand.
    private static func share(_ runs: [RunRecord]) -> Kind? {
        var shares: [String: Double] = [:]
        for run in runs.sorted(by: { $0.expected > $1.expected }) {
            guard run.counted < run.expected / 2 else { return nil }
            let share = Double(run.counted) / Double(run.expected)
            let usual = shares[run.workload] ?? share
            shares[run.workload] = usual
            let expected = usual * Double(run.expected)
            guard (Double(run.counted) - expected).magnitude <= 1 + expected / 1_000 else { return nil }
        }
        guard let low = shares.values.min(), let high = shares.values.max() else { return nil }
        // Rounded to the hundredths that are shown.
        return .share(low: (low * 10_000).rounded() / 100, high: (high * 10_000).rounded() / 100)
    }
}
