import Measurement

extension KnownFault {
    /// A reading below a thousandth of the branches retired, though the counter was on all the time (rr
    /// check_working_counters; rr issues 1972 and 3338; rezolus issue 1036).
    static let deadCounter = KnownFault(
        .deadCounter, needs: [],
        probes: ["uninterrupted-exactness", "pmi-totals"],
        signature: { scene in
            let dead = DeadReadings(scene.runs)
            let runs = scene.runs.filter { dead.isDead($0.record) }
            guard !runs.isEmpty else { return .notShown }
            let onCounter = runs.count { $0.record.timeRunning == $0.record.timeEnabled }
            let shown = Signature.Shown(
                perRun: runs, of: scene.runs.count, per: .reading,
                // A sampler of instructions has no closed form to be compared with.
                deviation: { run in
                    dead.counterIsDead(run.record)
                        ? run.record.deviation : run.record.samplerDeficit ?? Int64(clamping: run.record.expected)
                },
                mechanism: dead.mechanism,
                evidence: [
                    "\(runs.count) of \(scene.runs.count) runs read \(Figures.grouped(dead.ceiling)) or less, below a thousandth of the branches retired",
                    "\(onCounter) of them were on a counter all the time, by time_enabled and time_running",
                ] + first(runs),
                alternatives: [
                    Signature.Alternative(
                        "starved-counter, multiplexed",
                        because: "no read ended as end of file, and time_running equals time_enabled",
                        runs: runs.count, need: .uninterrupted),
                    Signature.Alternative(
                        Fault.wrongEvent.rawValue, because: "the count does not grow with the work done",
                        runs: runs.count, need: .uninterrupted),
                ])
            return shown.map { .shown($0.settingApart { dead.isDead($0.record) }) } ?? .notShown
        },
        advice:
            "Try another event with --event; in a guest, check that the hypervisor virtualises this counter and has a free one.",
        explanation: FaultExplanation(
            .deadCounter,
            "the counter is enabled and scheduled, yet counts (almost) nothing",
            happens: [
                "The kernel sees nothing wrong: the event is enabled, running, without error. But the count is 0,"
                    + " or absurdly small: 395 of 3.5 billion instructions on a guest whose host had no counter left."
                    + " time_running does not help, because the guest's kernel sees a PMU that works; only code with a"
                    + " known count reveals it.",
                "Other causes: the hypervisor virtualises one counter but not a second, the host keeps the counter"
                    + " for itself, or the event belongs to another core type.",
            ],
            since: "As long as there are virtual PMUs.",
            places: Places(
                cpus: "Any in a guest; hybrid CPUs with the other core type's event.",
                hypervisors:
                    "KVM on a host short of counters (Threadripper 1950X); VMware Fusion 8.5 and Workstation 14 and 16"
                    + " (on Windows hosts with Hyper-V), or with vpmc.enable off; AWS i3.16xlarge for this event."),
            signature:
                "Every uninterrupted run counts 0. Where only some runs do, or one of two counters does, their readings"
                + " are below a thousandth of the branches retired.",
            advice: [
                "Try two events at once: perf stat -e r01c4 -e r01c4 true, with the code that truecount info shows.",
                "On the host, stop other users of the counters (perf, the NMI watchdog, monitoring).",
                "VMware: vpmc.enable = \"TRUE\". KVM: -cpu host,pmu=on.",
            ],
            mistakenFor: [
                Confusion(
                    "starved-counter", "there, the kernel itself says that the event got no counter"),
                Confusion(
                    "wrong-event", "there, something is counted, in proportion to the work"),
            ],
            references: Reference.cited("check_working_counters", "rezolus issue 1036", "rr issue 1972")))
}

/// Readings that are no count: the counter stood still, though its times say otherwise.
private struct DeadReadings: Sendable {
    /// The largest of the readings that are certainly dead. A shorter run that read no more than this is dead as well.
    let ceiling: UInt64
    let mechanism: String

    /// A reading below this share of the branches made is none: the host counted 395 of 3.5 billion (rezolus issue 1036).
    private static let smallestShare: UInt64 = 1_000

    init(_ runs: [Run]) {
        let readings = runs.flatMap { Self.readings($0.record) }
        let ceiling = readings.filter { Self.isCertain($0) }.map(\.counted).max() ?? 0
        self.ceiling = ceiling
        let dead = runs.count { Self.isDead(($0.record.expected, $0.record.counted), below: ceiling) }
        mechanism =
            dead == 0
            ? "A second counter counts nothing beside the first, though it counts alone: only one counter really exists."
            : dead == runs.count
                ? "The counter was enabled and scheduled all the time, yet counted (almost) nothing."
                : "In some runs the counter was enabled and scheduled all the time, yet counted (almost) nothing."
    }

    func isDead(_ run: RunRecord) -> Bool { Self.readings(run).contains { Self.isDead($0, below: ceiling) } }
    func counterIsDead(_ run: RunRecord) -> Bool { Self.isDead((run.expected, run.counted), below: ceiling) }

    private static func isCertain(_ reading: (expected: UInt64, counted: UInt64)) -> Bool {
        reading.expected > 0 && reading.counted <= reading.expected / smallestShare
    }

    private static func isDead(_ reading: (expected: UInt64, counted: UInt64), below ceiling: UInt64) -> Bool {
        // The very number at which others stand still, or less than that where more was to be counted by far.
        isCertain(reading) || (ceiling > 0 && reading.counted == ceiling && ceiling < reading.expected)
            || (reading.counted <= ceiling && reading.counted < reading.expected / 2)
    }

    /// Counter and sampler. A sampler of instructions cannot have counted fewer than there are branches.
    private static func readings(_ run: RunRecord) -> [(expected: UInt64, counted: UInt64)] {
        let counter = (run.expected, run.counted)
        guard run.arm.hasBystander, let sampler = run.samplerCounted else { return [counter] }
        return [counter, (run.samplerExpected ?? run.expected, sampler)]
    }
}
