import CPerf
import PerfEvents
import Workloads

/// Turns the sampler's records into the ledger and the counts of what disturbed.
struct SampleCollector {
    let workload: Workload
    let iterations: UInt64
    let events: CountedEvents
    let samplesOtherEvent: Bool

    private var builder: LedgerBuilder
    private(set) var pmis: UInt64 = 0
    private(set) var throttles: UInt64 = 0
    /// Moves to other counters (counter_moves.h) while the event was stopped.
    private(set) var throttledMoves: UInt64 = 0
    private var isThrottled = false
    private(set) var lostRecords: UInt64 = 0
    /// The CPUs of the samples, one after the other, repetitions left out.
    private(set) var cpus: [Int] = []

    init(_ plan: RunPlan, _ events: CountedEvents) {
        workload = plan.workload
        iterations = plan.iterations
        self.events = events
        samplesOtherEvent = plan.arm == .besideOtherEvent
        builder = LedgerBuilder(period: plan.period)
    }

    /// Nil where no PMI was taken.
    var ledger: Ledger? { builder.ledger.rows > 0 ? builder.ledger : nil }

    mutating func add(_ record: Record) {
        switch record {
        case .sample(let sample): add(sample)
        case .throttle:
            throttles += 1
            isThrottled = true
        case .unthrottle:
            isThrottled = false
            builder.resume()
        case .unknown(let other) where other.kind == PERF_RECORD_COMM.rawValue:
            if isThrottled { throttledMoves += 1 }
        case .lost(let records): lostRecords += records.count
        default: break
        }
    }

    private mutating func add(_ sample: SampleRecord) {
        pmis += 1
        if let cpu = sample.cpu, cpu != cpus.last { cpus.append(cpu) }
        guard let read = sample.read else { return }
        // Where the PMI hit the kernel before the user registers were saved, the sample has none.
        let registers = UserRegisters(sample)
        // Or it has those of an earlier entry: the kernel tells "interrupted while saving them" by the stack pointer
        // alone, a check that it calls insufficient itself (perf_get_regs_user, arch/x86/kernel/perf_regs.c). Only
        // where the interrupt came out of user space are its own registers the user's.
        let areOwn = registers.map { $0.instructionPointer == sample.ip } ?? false
        let position = registers.flatMap { areOwn ? $0 : nil }.flatMap {
            events.truePosition(workload, iterations: iterations, registers: $0, samplesOtherEvent: samplesOtherEvent)
        }
        let offset = registers.map { Int64(bitPattern: $0.instructionPointer &- UInt64(workload.routineAddress)) }
        builder.add(
            LedgerRow(
                index: pmis, time: sample.time ?? 0, offset: offset, truePosition: position, counted: read.value))
    }
}
