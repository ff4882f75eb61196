// One run in each condition, a line each: for a guest of the lab, whose PMU this machine has not. Or many short ones, planned at
// random, on breakpoints: for Tests/Soak/soak.
//
//   condition-runs hardware|breakpoint [ITERATIONS PERIOD]
//   condition-runs many TIMES SEED [CONDITION]
//
//   swift build -c release --product condition-runs -Xswiftc -static-executable --scratch-path .build-static
//   mkdir payload && cp .build-static/release/condition-runs payload/
//   Tests/GuestLab/Lab/run-guest --smp 2 --kernel 6.12 payload -- ./condition-runs hardware
//
// The exit status is 1 where a count deviates from its closed form, which a throttled sampler's own total may, or where none of
// many runs could be made.

import Glibc
import Measurement
import PerfEvents
import Workloads

let arguments = CommandLine.arguments
let iterations = arguments.count > 2 ? UInt64(arguments[2]) ?? 0 : 2_000_000
let period = arguments.count > 3 ? UInt64(arguments[3]) ?? 0 : 50_021
guard let cpu = allowedCPUs().first, arguments.count > 1, iterations > 0, period > 0 else { exit(64) }

if arguments[1] == "many" {
    guard arguments.count > 3, let times = UInt64(arguments[2]), let seed = UInt64(arguments[3]) else { exit(64) }
    let condition = arguments.count > 4 ? Condition.Kind(rawValue: arguments[4]) : nil
    guard condition.map(Condition.Kind.allCases.contains) ?? true else { exit(64) }
    var runs = try ManyRuns(cpu: cpu, seed: seed, condition: condition)
    exit(try runs.run(times: times) ? 0 : 1)
}

func bench() throws -> KernelBench {
    let events = arguments[1] == "hardware" ? CountedEvents.hardware(try .ofCore(cpu: cpu)) : CountedEvents(.breakpoint)
    return try KernelBench(events, cpu: cpu)
}

/// Kind, level, workload, iterations as a multiple and period as a part of what was asked for.
let wanted: [(Condition.Kind, UInt64?, String, UInt64, UInt64)] = [
    (.migration, nil, "tight-loop", 1, 1), (.sharedCPU, nil, "tight-loop", 20, 1), (.signals, nil, "tight-loop", 4, 1),
    (.periodChange, nil, "tight-loop", 1, 1), (.checkpointed, nil, "tight-loop", 1, 1),
    (.userSpaceRead, nil, "tight-loop", 1, 1), (.antagonist, nil, "tight-loop", 20, 1),
    (.branchStack, nil, "tight-loop", 1, 1), (.precise, 1, "tight-loop", 1, 1), (.precise, 2, "tight-loop", 1, 1),
    (.precise, 3, "tight-loop", 1, 1), (.extraCounters, 1, "tight-loop", 1, 1), (.extraCounters, 2, "tight-loop", 1, 1),
    (.extraCounters, 3, "tight-loop", 1, 1), (.extraCounters, 4, "tight-loop", 1, 1),
    (.highRate, nil, "tight-loop", 1, 50), (.throttling, nil, "tight-loop", 4, 5),
    (.groupThrottling, nil, "tight-loop", 4, 5),
    (.shortPeriod, nil, "tight-loop", 1, 500), (.largeCount, nil, "tight-loop", 100, 1),
    (.manyLocked, nil, "locked", 1, 1),
]

func line(_ arm: Arm, _ record: RunRecord) -> String {
    var parts = ["arm \(arm.rawValue)", "expected \(record.expected)", "counted \(record.counted)"]
    if let loss = record.samplerDeviation { parts.append("sampler's deviation \(loss)") }
    parts.append("PMIs \(record.pmis)")
    if let ledger = record.ledger {
        parts.append(
            "ledger \(ledger.rows), positions \(ledger.positions), exact \(ledger.positions - ledger.deviating)")
    }
    if record.migrations > 0 { parts.append("migrations \(record.migrations)") }
    if record.involuntarySwitches > 0 { parts.append("switches \(record.involuntarySwitches)") }
    if let signals = record.signals { parts.append("signals \(signals)") }
    if let counting = record.extraCountersCounting { parts.append("extraCounters counting \(counting)") }
    if let interrupts = record.antagonistPMIs { parts.append("antagonist \(interrupts)") }
    if let readings = record.userSpaceReadings {
        parts.append("readings \(readings.count), agreeing \(readings.filter(\.agrees).count)")
        if let first = readings.first {
            parts.append("first \(first.before) <= \(first.read) (raw \(first.raw)) <= \(first.after)")
        }
    }
    if !record.disturbances.isEmpty { parts.append("disturbances \(record.disturbances.map(\.rawValue))") }
    return parts.joined(separator: ", ")
}

var deviating = 0
for (kind, level, name, times, part) in wanted {
    fflush(nil)
    guard let workload = Workload.named(name) else { continue }
    for arm in Arm.allCases {
        let condition = Condition(kind, level: level)
        let plan = RunPlan(
            probe: "lab", workload: workload, iterations: iterations * times, arm: arm,
            period: arm.samples ? max(1, period / part) : nil, cpu: cpu, condition: condition)
        do {
            var bench = try bench()
            let record = try bench.run(plan)
            if record.deviation != 0 || record.samplerDeviation ?? 0 != 0 { deviating += 1 }
            print("\(condition): \(line(arm, record))")
        } catch MeasurementError.unavailable(_, let reason) {
            print("\(condition): arm \(arm.rawValue), unavailable: \(reason)")
        } catch {
            print("\(condition): arm \(arm.rawValue), error: \(error)")
        }
    }
}
print("deviating \(deviating)")
exit(deviating == 0 ? 0 : 1)
