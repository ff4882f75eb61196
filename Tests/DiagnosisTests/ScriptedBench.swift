@testable import Diagnosis
import Measurement
import Workloads

/// What a scripted counter does at each PMI. Written for the tests alone: arithmetic on records, far from any PMU.
struct Script: Sendable {
    var skid: UInt64 = 10
    /// Counts nobody counts between overflow and PMI, on every counter.
    var frozen: UInt64 = 0
    /// Counts the overflowing counter misses after its PMI; negative for a surplus.
    var dropped: Int64 = 0
    /// After that many PMIs of a run no further one comes.
    var pmisBeforeLoss: UInt64 = .max
    /// Added to the deviation of runs without PMIs.
    var spurious: Int64 = 0
    /// Only the run of this number deviates (from 0), as something that happens once does.
    var onlyRun: Int?
    /// Runs at a shorter period are throttled, and lose half their counts.
    var throttledBelow: UInt64 = 0
    /// What is lost of a planted loss by a broken control.
    var plantedSeen: Bool = true
    var failure: MeasurementError?
}

/// A bench that computes records from a script.
struct ScriptedBench: Bench {
    var source: CounterSource = .hardware
    var script = Script()
    var made = 0

    func eventName(for workload: Workload) -> String { "SCRIPTED" }
    func expectedCount(of workload: Workload, iterations: UInt64) -> UInt64 {
        workload.figures(iterations: iterations).conditionalBranches
    }
    func sampledEventsPerCount(of workload: Workload, arm: Arm) -> UInt64 { 2 }

    mutating func run(_ plan: RunPlan) throws(MeasurementError) -> RunRecord {
        if let failure = script.failure, made > 20 { throw failure }
        var script = script
        if let only = script.onlyRun, only != made {
            script = Script(skid: script.skid)
        }
        made += 1
        let expected = expectedCount(of: plan.workload, iterations: plan.iterations)
        let sampled = plan.arm == .besideOtherEvent ? expected * 2 : expected
        let overflows = plan.period.map { sampled / $0 } ?? 0
        let pmis = min(overflows, script.pmisBeforeLoss)
        let throttled = plan.period.map { $0 < script.throttledBelow } ?? false
        let planted = plan.plantedLoss.map { PlantedLoss(perPMI: $0, total: $0 * pmis, pmis: pmis) }

        let frozen = Int64(script.frozen * pmis)
        let plantedTotal = script.plantedSeen ? Int64(planted?.total ?? 0) : 0
        let samplerLoss = frozen + script.dropped * Int64(pmis) + plantedTotal + (throttled ? Int64(expected / 2) : 0)
        let bystanderLoss = frozen + plantedTotal
        let loss: Int64 = switch plan.arm {
        case .countingAlone: -script.spurious
        case .besideSameEvent, .besideOtherEvent: bystanderLoss
        case .samplerTotal: samplerLoss
        }
        let ledger = plan.arm == .countingAlone ? [] : (0..<pmis).map { index -> LedgerRow in
            let perPMI = Int64(script.frozen) + script.dropped + (script.plantedSeen ? Int64(planted?.perPMI ?? 0) : 0)
            let lossHere = perPMI * Int64(index) + Int64(script.frozen)
            let counted = (plan.period ?? 0) * (index + 1) + script.skid - min(script.skid, script.frozen)
            return LedgerRow(
                index: index + 1, time: index, offset: 0,
                truePosition: plan.arm == .besideOtherEvent ? nil : UInt64(Int64(counted) + lossHere), counted: counted)
        }
        var record = RunRecord(
            plan, event: "SCRIPTED", expected: expected, counted: UInt64(Int64(expected) - loss))
        if plan.arm == .besideSameEvent {
            record.samplerExpected = expected
            record.samplerCounted = UInt64(Int64(expected) - samplerLoss)
        }
        record.pmis = pmis
        record.timeEnabled = max(1, expected)
        record.timeRunning = record.timeEnabled
        record.planted = planted
        record.ledger = ledger
        if throttled {
            record.throttles = 1
            record.disturbances = [.throttled]
        }
        return record
    }
}
