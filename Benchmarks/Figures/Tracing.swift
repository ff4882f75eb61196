import BareC
import Benchmark
import Measurement
import PerfEvents

/// Events per second of the tracer's own CPU time, in recordings of segments of one branch: what lies between two stops is
/// as little as can be. truecount's also checks each stop, compares each count with the closed form, and keeps the
/// timeline's rows.
func tracing() {
    let segments: UInt64 = 2000
    let seed: UInt64 = 7
    let kinds: [EventKind] = [.systemCall, .signal, .fault]
    let program = RecordedProgram(seed: seed, segments: segments, shortest: 1, longest: 1, kinds: kinds)
    guard let program else { return }
    let metrics = ComparedMetrics("events/s", .prefersLarger)
    for (name, period) in [("recorded", UInt64(1) << 40), ("replayed", nil)] {
        Benchmark("events \(name)", configuration: metrics.configuration(seconds: 30, iterations: 60)) { benchmark in
            try check(bare_stay_on_this_cpu(), "staying on one CPU")
            let plan = RecordingPlan(program: program, period: period)
            let recorder = Recorder(CountedEvents(.breakpoint), cpu: Int(bare_this_cpu()))
            var peer = EventAttributes(event: .breakpoint(executing: UInt(bare_traced_site())))
            peer.samplePeriod = period
            let times = try Alternation {
                let result = try recorder.record(plan).result
                try expect(result.check.differing, 0)
                try expect(result.check.events, segments + 1)
            } bareC: {
                var sum: UInt64 = 0
                try check(peer.withBytes { bare_trace($0.baseAddress, segments, seed, &sum) }, "bare C's tracer")
                // 1 to 2,000 at the events, and 2,000 at the last system call.
                try expect(sum, segments * (segments + 1) / 2 + segments)
            }
            metrics.recordRate(benchmark, work: Int(segments), times)
        }
    }
    injection()
}

/// Seconds for 1,000 points of a recording, each reached in a replay and proved by its registers.
private func injection() {
    let time = BenchmarkMetric.custom("ms for 1,000 points", polarity: .prefersSmaller, useScalingFactor: false)
    let configuration = Benchmark.Configuration(
        metrics: [time], units: [time: .count], warmupIterations: 1, maxDuration: .seconds(60), maxIterations: 8)
    Benchmark("1000 points reached", configuration: configuration) { benchmark in
        let program = RecordedProgram(
            seed: 7, segments: 500, shortest: 1, longest: 40, kinds: EventKind.available())
        guard let program else { throw WrongResult(description: "no program") }
        let plan = RecordingPlan(program: program, period: 7)
        let recorder = Recorder(CountedEvents(.breakpoint), cpu: Int(bare_this_cpu()))
        let clock = ContinuousClock()
        var result: InjectResult?
        let elapsed = try clock.measure {
            result = try recorder.inject(plan, targets: 1000, skidLimit: 8)
        }
        try expect(result?.targets ?? 0, 1000)
        try expect(result?.reached ?? 0, 1000)
        benchmark.measurement(time, Int(elapsed / .milliseconds(1)))
    }
}
