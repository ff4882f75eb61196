import Measurement
import Workloads

/// Something that only some runs do or meet, and that a fault is counted per: locked instructions, CPUIDs, entries to the
/// kernel, SMIs, context switches.
struct Trigger: Sendable {
    let unit: FaultUnit
    let direction: Direction
    /// How often a run has it.
    let count: @Sendable (RunRecord) -> UInt64

    /// The signature of a fault that only some workloads trigger: in the four arms their runs alone deviate, and under a
    /// condition whatever has the trigger.
    func signature(_ scene: Scene, workloads: Set<String>, mechanism: String) -> Signature {
        let isAble: @Sendable (Run) -> Bool = { workloads.contains($0.record.workload) }
        guard scene.condition == nil else {
            let runs = scene.runs.filter {
                $0.record.isInexact && isRightWay($0.record.firstDeviation) && count($0.record) > 0
            }
            guard !runs.isEmpty else { return .notShown }
            return shown(
                runs, of: scene.runs.count, mechanism: mechanism, evidence: conditionEvidence(scene, runs),
                alternatives: [.everyRun(scene)])
        }
        // Where others deviate when PMIs come, the uninterrupted runs decide.
        let runs = [scene.runs, scene.uninterrupted].lazy.map { showing(among: $0, able: isAble) }.first { !$0.isEmpty }
        guard let runs else { return .notShown }
        let all = scene.runs.count(where: isAble)
        let way = direction == .gained ? "high" : "low"
        let others = scene.uninterrupted.count { !isAble($0) }
        return shown(
            runs, of: all, mechanism: mechanism,
            evidence: [
                "\(runs.count) of \(all) runs of \(workloads.sorted().joined(separator: " and ")) are \(way); without a PMI no other workload deviates"
            ],
            alternatives: [
                Signature.Alternative(
                    "wrong-event, inexact-uninterrupted",
                    because:
                        "uninterrupted runs of all other workloads are exact, and chance does not choose workloads",
                    runs: others, need: .uninterrupted),
                .noPMI(scene), .disturbance(runs),
            ], settingApart: isAble)
    }

    /// Runs that show it: all that deviate have the trigger and deviate that way, more of them than chance would bring
    /// there.
    private func showing(among runs: [Run], able isAble: (Run) -> Bool) -> [Run] {
        let deviating = runs.filter(\.record.deviates)
        guard deviating.contains(where: { $0.record.arm == .countingAlone }),
            deviating.allSatisfy({ isAble($0) && isRightWay($0.record.firstDeviation) })
        else { return [] }
        let able = runs.count(where: isAble)
        let chance = Statistics.chanceOfFalling(deviating.count, into: able, of: runs.count)
        return chance < Statistics.coincidence ? deviating : []
    }

    func isRightWay(_ deviation: Int64) -> Bool { direction == .gained ? deviation < 0 : deviation > 0 }

    /// What the runs show of it. A single trigger is not seen by itself: a run's deviation is shared out among its
    /// triggers, and the frequency is that of the runs.
    func shown(
        _ runs: [Run], of all: Int, mechanism: String, evidence: [String], alternatives: [Signature.Alternative],
        settingApart isItsOwn: (@Sendable (Run) -> Bool)? = nil
    ) -> Signature {
        let counted = runs.map { (deviation: $0.record.firstDeviation.magnitude, triggers: count($0.record)) }
            .filter { $0.triggers > 0 }
        guard !counted.isEmpty else { return .notShown }
        let rates = counted.map { Double($0.deviation) / Double($0.triggers) }.sorted()
        let sum = counted.reduce(0.0) { $0 + Double($1.deviation) }
        let size = FaultSize(
            min: Self.integer(rates[0].rounded(.down)), median: Self.integer(rates[(rates.count - 1) / 2].rounded()),
            max: Self.integer(rates[rates.count - 1].rounded(.up)),
            mean: sum / counted.reduce(0.0) { $0 + Double($1.triggers) })
        let same = Set(
            counted.map { $0.deviation.quotientAndRemainder(dividingBy: $0.triggers) }.map {
                "\($0.quotient) \($0.remainder)"
            })
        let isSame = same.count == 1 && same.first?.hasSuffix(" 0") == true
        let regularity =
            isSame
            ? "in each run by the same number for each \(unit.nouns.one)"
            : "not by the same number for each \(unit.nouns.one)"
        return .shown(
            Signature.Shown(
                runs: runs, per: unit, direction: direction, size: size,
                frequency: Frequency(UInt64(runs.count), of: UInt64(max(all, runs.count)), per: .run),
                mechanism: mechanism, evidence: evidence + [regularity] + first(runs), alternatives: alternatives,
                setsApart: isItsOwn))
    }

    private static func integer(_ value: Double) -> UInt64 { UInt64(exactly: value) ?? .max }
}

extension Trigger {
    static let lockedInstructions = Trigger(unit: .lockedInstruction, direction: .gained) {
        triggers(of: $0).lockedInstructions
    }

    static let cpuidPairs = Trigger(unit: .cpuid, direction: .lost) { triggers(of: $0).cpuidPairs }

    /// System calls, page faults, and signals where some were sent.
    static let kernelEntries = Trigger(unit: .kernelEntry, direction: .gained) {
        triggers(of: $0).kernelEntries + ($0.signals ?? 0)
    }

    static let smis = Trigger(unit: .smi, direction: .gained) { $0.smis ?? 0 }

    static let contextSwitches = Trigger(unit: .contextSwitch, direction: .lost) { $0.involuntarySwitches }

    private static func triggers(of run: RunRecord) -> WorkloadTriggers {
        Workload.named(run.workload)?.triggers(iterations: run.iterations)
            ?? WorkloadTriggers(lockedInstructions: 0, cpuids: 0, systemCalls: 0, pageFaults: 0)
    }
}
