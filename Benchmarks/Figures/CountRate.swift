import BareC
import Benchmark
import Measurement
import PerfEvents
import Workloads

/// Breakpoint counts per second of whole runs: events opened, enabled, 5,000 counts, disabled, read, closed, and in
/// truecount's case checked and made a record of.
func countRate() {
    guard let workload = Workload.named("tight-loop") else { return }
    let iterations: UInt64 = 5000
    let metrics = ComparedMetrics("counts/s", .prefersLarger)
    Benchmark("breakpoint run of 5000 counts", configuration: metrics.configuration(seconds: 20, iterations: 40)) {
        benchmark in
        try check(bare_stay_on_this_cpu(), "staying on one CPU")
        let cpu = Int(bare_this_cpu())
        var bench = try KernelBench(CountedEvents(.breakpoint), cpu: cpu)
        let plan = RunPlan(
            probe: "benchmark", workload: workload, iterations: iterations, arm: .countingAlone, cpu: cpu)
        let peer = EventAttributes(event: .breakpoint(executing: UInt(bare_loop_site())))
        let times = try Alternation {
            let record = try bench.run(plan)
            try expect(record.counted, iterations)
        } bareC: {
            var reading = bare_reading()
            try check(peer.withBytes { bare_run($0.baseAddress, iterations, &reading) }, "bare C's run")
            try expect(reading.value, iterations)
        }
        metrics.recordRate(benchmark, work: Int(iterations), times)
    }
}

/// A run that lost counts is no faster run.
func expect(_ counted: UInt64, _ expected: UInt64) throws {
    guard counted == expected else { throw WrongResult(description: "counted \(counted), expected \(expected)") }
}
