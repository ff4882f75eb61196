import Measurement
import Workloads

extension KnownFault {
    /// An event that counts right, but something else than conditional branches (rr issues 2610 and 3935; Intel's event
    /// lists, COND beside COND_TAKEN).
    static let wrongEvent = KnownFault(
        .wrongEvent, needs: [.uninterrupted],
        probes: ["event-identity", "uninterrupted-exactness"],
        signature: { scene in
            guard let other = OtherEvent(scene) else { return .notShown }
            let runs = scene.uninterrupted.filter { $0.record.deviation != 0 }
            let shown = Signature.Shown(
                perRun: runs, of: scene.uninterrupted.count, deviation: { $0.record.deviation },
                mechanism: other.mechanism, evidence: [other.evidence(scene.uninterrupted.count)] + first(runs),
                alternatives: [
                    Signature.Alternative(
                        Fault.inexactUninterrupted.rawValue,
                        because: "the same work gives the same count, but of another event", runs: runs.count,
                        need: .uninterrupted),
                    Signature.Alternative(
                        Fault.deadCounter.rawValue, because: "the count grows with the work done",
                        runs: runs.count, need: .uninterrupted),
                    .noPMI(scene), .disturbance(runs),
                ])
            // Positions are known in conditional branches, so a sampler of something else has no skid and no loss.
            return shown.map { .shown($0.settingApart { _ in true }) } ?? .notShown
        },
        advice: VendorText(
            "Check the event's code for this CPU and kernel (truecount info): a wrong umask, a kernel before 6.11 that drops umask2 bits, or another core type. Or name the right event with --event.",
            [
                .arm:
                    "Check the event's code for this CPU (truecount info): another core type's PMU, or a hypervisor that maps the event to another one. Or name the right event with --event."
            ]),
        explanation: FaultExplanation(
            .wrongEvent,
            "the counter counts another event than the one that was asked for",
            happens: [
                "The same code means different events on different CPUs: unit mask 0x01 of Intel's 0xC4 is every"
                    + " conditional branch before Ice Lake, and only the taken ones from Ice Lake on. A program that"
                    + " brings its own codes counts about half and sees no error.",
                "An old kernel can do the same to a right code, by silently dropping bits that it does not know."
                    + " Lunar Lake and Arrow Lake need bit 40, which Linux passes on since 6.11 (that older ones count"
                    + " a wrong event is inferred from the source, not measured).",
                "On hybrid CPUs an event of type RAW belongs to the performance cores. On an efficiency core it"
                    + " counts nothing, and in a program that moves between both it counts only a part.",
            ],
            since: "Ice Lake for the unit mask, Alder Lake for the core types, Lunar Lake for bit 40.",
            places: Places(
                cpus: "Ice Lake and later with an old table; Alder Lake and later hybrids; Lunar Lake and Arrow Lake.",
                kernels: "Before 6.11 for Lunar Lake and Arrow Lake.",
                hypervisors:
                    "Those that offer only the seven architectural events: all branches count there, conditional ones"
                    + " read 0 (AWS i3.16xlarge)."),
            signature: "Every run without PMIs deviates by the same share: the count is the workload's number of taken"
                + " branches, or of all branches.",
            advice: [
                "Let truecount choose the event: leave --event out, and compare with truecount info.",
                "Run Linux 6.11 or newer on Lunar Lake and Arrow Lake.",
                "On a hybrid CPU bind the program to one core type, and open the event with that PMU's type.",
            ],
            mistakenFor: [
                Confusion(
                    "inexact-uninterrupted", "there, the deviation fits no other event of the workload"),
                Confusion(
                    "multiplexed",
                    "there, a share is missing too, but the kernel says that the event was not always on a counter"),
                Confusion(
                    "dead-counter", "there, the count is 0 everywhere"),
            ],
            references: Reference.cited(
                "rr issue 2610", "rr issue 3338", "rr issue 3906", "rr issue 3935", "dce0c74d2d18", "Intel perfmon")))
}

/// What an event counts in place of conditional branches, if the uninterrupted runs say so with one voice.
private struct OtherEvent {
    enum Kind {
        /// The closed form of another figure of the workload's; whether interrupts are counted as well.
        case closedForm(String, plusInterrupts: Bool)
        /// Per cent of the conditional branches, smallest and largest of the workloads'.
        case share(low: Double, high: Double)
    }

    let kind: Kind
    /// What was asked for: "conditional branches", or on Arm "taken branches".
    let wanted: String

    /// Interrupts in a second that a CPU may take beside the diagnosis: ticks, at most 1,000, and devices.
    private static let interruptsPerSecond = 10_000.0
    /// Counts by which another figure has to differ from the closed form to be told from it by two runs.
    private static let leastDifference: UInt64 = 100

    init?(_ scene: Scene) {
        guard scene.evidence.source != .breakpoint else { return nil }
        let runs = scene.uninterrupted.map(\.record)
        guard runs.count(where: { $0.deviation != 0 }) >= 2 else { return nil }
        guard let kind = Self.closedForm(runs) ?? Self.share(runs) else { return nil }
        self.kind = kind
        wanted = Self.wanted(runs)
    }

    var mechanism: String {
        switch kind {
        case .closedForm(let name, false):
            "The event counts \(name), not \(wanted): exactly as many as these workloads have."
        case .closedForm(let name, true):
            "The event counts \(name), and interrupts as well, not \(wanted)."
        case .share(let low, let high):
            "The event counts something else: \(low == high ? "\(Figures.decimal(low)) %" : "\(Figures.decimal(low)) to \(Figures.decimal(high)) %") of the \(wanted), the same share in every run of a workload."
        }
    }

    func evidence(_ all: Int) -> String {
        switch kind {
        case .closedForm(let name, false):
            "all \(all) uninterrupted runs counted exactly the number of their \(name)"
        case .closedForm(let name, true):
            "all \(all) uninterrupted runs counted their \(name), and about as many more as there were interrupts"
        case .share: "all \(all) uninterrupted runs counted less than half of their \(wanted)"
        }
    }

    private static func wanted(_ runs: [RunRecord]) -> String {
        switch BranchKind.expected(in: runs) {
        case .taken: "taken branches"
        case .any: "branches of any kind"
        case .conditional, nil: "conditional branches"
        }
    }

    private static func closedForm(_ runs: [RunRecord]) -> Kind? {
        let figures = runs.compactMap { run in
            Workload.named(run.workload).map { (run: run, figures: $0.figures(iterations: run.iterations)) }
        }
        guard figures.count == runs.count else { return nil }
        for plusInterrupts in [false, true] {
            let found = (CountedFigure.others + [.conditionalBranches]).first { candidate in
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

extension BranchKind {
    /// Whose closed form the runs were compared with; nil where it was another.
    static func expected(in runs: [RunRecord]) -> BranchKind? {
        allCases.first { kind in
            runs.allSatisfy { run in
                Workload.named(run.workload)?.figures(iterations: run.iterations).branches(kind) == run.expected
            }
        }
    }
}

/// What an event may count of a workload, in closed form.
struct CountedFigure: Sendable {
    let name: String
    let count: @Sendable (WorkloadFigures) -> UInt64

    static let conditionalBranches = CountedFigure(name: "conditional branches, taken or not") {
        $0.conditionalBranches
    }

    /// What the field has met in place of conditional branches.
    static let others: [CountedFigure] = [
        CountedFigure(name: "taken conditional branches") { $0.takenBranches - ($0.branches - $0.conditionalBranches) },
        CountedFigure(name: "conditional branches that are not taken") { $0.branches - $0.takenBranches },
        CountedFigure(name: "taken branches of any kind") { $0.takenBranches },
        CountedFigure(name: "branches of any kind") { $0.branches },
        CountedFigure(name: "unconditional branches") { $0.branches - $0.conditionalBranches },
        CountedFigure(name: "branches of any kind and system calls") { $0.branches.saturatingAdding($0.systemCalls) },
        CountedFigure(name: "taken branches and system calls") {
            $0.takenBranches.saturatingAdding($0.systemCalls)
        },
        CountedFigure(name: "instructions") { $0.instructions },
    ]
}

extension UInt64 {
    /// Figures that leave 64 bits are the largest number (``Workload/figures(iterations:)``), and so are their sums.
    fileprivate func saturatingAdding(_ other: UInt64) -> UInt64 {
        let (sum, isTooLarge) = addingReportingOverflow(other)
        return isTooLarge ? .max : sum
    }
}
