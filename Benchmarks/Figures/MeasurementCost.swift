import BareC
import Benchmark
import PerfEvents
import Workloads

/// Nanoseconds of enable, a loop of one iteration, disable and read, of an event that is already open.
///
/// In two ways: through a workload's window, as diagnoses measure, and through the counter's own methods, as other
/// programs do.
func measurementCost() {
    guard let workload = Workload.named("tight-loop") else { return }
    let breakpoint = MeasuredEvent(
        name: "breakpoint", truecount: .breakpoint(executing: workload.site),
        bareC: .breakpoint(executing: UInt(bare_loop_site())), countsPerMeasurement: 1)
    let ownLoop = MeasuredEvent(
        name: "breakpoint", truecount: breakpoint.bareC, bareC: breakpoint.bareC, countsPerMeasurement: 1)
    windowCost(breakpoint, workload)
    methodCost(ownLoop)
    for event in [MeasuredEvent.software, .corePMU] where event.isOffered {
        windowCost(event, workload)
        methodCost(event)
    }
}

/// An event of which truecount and bare C each open their own.
struct MeasuredEvent: Sendable {
    let name: String
    let truecount: Event
    let bareC: Event
    /// Nil where it differs from CPU to CPU.
    let countsPerMeasurement: UInt64?

    /// The cheapest event there is: what the kernel needs for the calls themselves.
    static let software = MeasuredEvent(
        name: "page-faults", truecount: .software(.pageFaults), bareC: .software(.pageFaults), countsPerMeasurement: 0)
    static let corePMU = MeasuredEvent(
        name: "core PMU", truecount: .hardware(.branchInstructions), bareC: .hardware(.branchInstructions),
        countsPerMeasurement: nil)

    /// Whether this machine can count it.
    var isOffered: Bool {
        do {
            _ = try Counter(EventAttributes(event: truecount))
            return true
        } catch {
            return false
        }
    }

    func check(_ counted: UInt64, after measurements: Int) throws {
        guard let countsPerMeasurement else { return }
        try expect(counted, countsPerMeasurement * UInt64(measurements))
    }
}

private let batch = 100

private func compareCost(
    _ event: MeasuredEvent, _ way: String,
    measure: @escaping (borrowing Counter, borrowing WorkloadWindow) throws -> UInt64
) {
    let metrics = ComparedMetrics("ns/measurement", .prefersSmaller)
    Benchmark("\(event.name), \(way)", configuration: metrics.configuration(seconds: 10, iterations: 400)) {
        benchmark in
        let counter = try Counter(EventAttributes(event: event.truecount))
        let peer = EventAttributes(event: event.bareC).withBytes { bare_open($0.baseAddress) }
        try check(peer, "bare C's open")
        defer { bare_close(peer) }
        let window = try WorkloadWindow()
        window.pointer.pointee.prepare(counter: counter.descriptor)
        var reading = bare_reading()
        // The first measurement pays for the page that the kernel maps, the code that the CPU fetches.
        var last = try measure(counter, window)
        try check(bare_measure(peer, 1, &reading), "bare C's measurement")
        let before = (truecount: last, bareC: reading.value)
        let times = try Alternation {
            for _ in 0..<batch { last = try measure(counter, window) }
        } bareC: {
            for _ in 0..<batch { try check(bare_measure(peer, 1, &reading), "bare C's measurement") }
        }
        try event.check(last - before.truecount, after: 2 * batch)
        try event.check(reading.value - before.bareC, after: 2 * batch)
        metrics.recordCost(benchmark, work: batch, times)
    }
}

/// As a diagnosis does it: run, look whether the two calls succeeded, read.
private func windowCost(_ event: MeasuredEvent, _ workload: Workload) {
    compareCost(event, "through a window") { counter, window in
        workload.run(window: window.pointer, iterations: 1)
        let results = window.pointer.pointee.results
        guard results.1 == 0, results.2 == 0 else { throw WrongResult(description: "the window's calls failed") }
        return try counter.read().value
    }
}

/// Two ioctls, around bare C's own loop.
private func methodCost(_ event: MeasuredEvent) {
    compareCost(event, "through methods") { counter, _ in
        try counter.enable()
        bare_loop(1)
        try counter.disable()
        return try counter.read().value
    }
}
