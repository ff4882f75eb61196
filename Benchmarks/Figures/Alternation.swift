import BareC
import Benchmark
import Glibc

/// What was measured is not what was to be measured: its time would mean nothing.
struct WrongResult: Error, CustomStringConvertible {
    let description: String
}

/// How long truecount and bare C took for the same work, done side by side.
struct Alternation {
    /// Seconds of this thread on its CPU, the kernel's work for it included: while others run, no time passes.
    let truecount: Double
    let bareC: Double

    /// Does both twice, in the order truecount, C, C, truecount: the machine is shared, and what slows it down evenly
    /// slows both down alike. The thread stays on one CPU.
    init(truecount: () throws -> Void, bareC: () throws -> Void) throws {
        try check(bare_stay_on_this_cpu(), "staying on one CPU")
        let first = try threadSeconds(truecount)
        let second = try threadSeconds(bareC)
        let third = try threadSeconds(bareC)
        let fourth = try threadSeconds(truecount)
        self.truecount = first + fourth
        self.bareC = second + third
    }
}

private func threadSeconds(_ work: () throws -> Void) throws -> Double {
    let before = try threadTime()
    try work()
    return Double(try threadTime() - before) / 1e9
}

/// Nanoseconds.
private func threadTime() throws -> Int {
    var time = timespec()
    guard clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time) == 0 else {
        throw WrongResult(description: "the thread's clock: errno \(errno)")
    }
    return time.tv_sec * 1_000_000_000 + time.tv_nsec
}

/// Throws where a function of the peer answered with -errno.
func check(_ result: CInt, _ attempt: String) throws {
    guard result >= 0 else { throw WrongResult(description: "\(attempt): errno \(-result)") }
}

/// A quantity of both and their ratio, as the table shows them.
struct ComparedMetrics {
    let truecount: BenchmarkMetric
    let bareC: BenchmarkMetric
    let ratio: BenchmarkMetric

    init(_ quantity: String, _ polarity: BenchmarkMetric.Polarity) {
        truecount = .custom("\(quantity), truecount", polarity: polarity, useScalingFactor: false)
        bareC = .custom("\(quantity), bare C", polarity: polarity, useScalingFactor: false)
        ratio = .custom("truecount / bare C, permille", polarity: polarity, useScalingFactor: false)
    }

    /// All of it, in full digits, for at most so long and so often.
    func configuration(seconds: Int, iterations: Int) -> Benchmark.Configuration {
        let all = [truecount, bareC, ratio]
        return Benchmark.Configuration(
            metrics: all, units: Dictionary(uniqueKeysWithValues: all.map { ($0, .count) }), warmupIterations: 3,
            maxDuration: .seconds(seconds), maxIterations: iterations)
    }

    /// The quantity is work divided by time.
    func recordRate(_ benchmark: Benchmark, work: Int, _ times: Alternation) {
        benchmark.measurement(truecount, Int(2 * Double(work) / times.truecount))
        benchmark.measurement(bareC, Int(2 * Double(work) / times.bareC))
        benchmark.measurement(ratio, Int((1000 * times.bareC / times.truecount).rounded()))
    }

    /// The quantity is time divided by work, in nanoseconds.
    func recordCost(_ benchmark: Benchmark, work: Int, _ times: Alternation) {
        benchmark.measurement(truecount, Int(1e9 * times.truecount / Double(2 * work)))
        benchmark.measurement(bareC, Int(1e9 * times.bareC / Double(2 * work)))
        benchmark.measurement(ratio, Int((1000 * times.truecount / times.bareC).rounded()))
    }
}
