import BareC
import Benchmark
import PerfEvents
import Workloads

/// Samples per second read from a ring that this program filled itself, laid out as the kernel lays it out. One sample
/// of each pass wraps around the ring's end.
func recordDecoding() {
    let metrics = ComparedMetrics("samples/s", .prefersLarger)
    Benchmark(
        "samples decoded from a ring of 512 KiB", configuration: metrics.configuration(seconds: 10, iterations: 400)
    ) { benchmark in
        let ring = SyntheticRing()
        var reader = try RingBuffer(
            unsafeMemory: ring.memory, pageSize: SyntheticRing.pageSize, decoder: try RecordDecoder(sampledAttributes())
        )
        let expected = ring.drainWithBareC()
        guard expected.samples == SyntheticRing.samples else {
            throw WrongResult(description: "bare C cannot read the ring")
        }
        let passes = 20
        let times = try Alternation {
            for _ in 0..<passes {
                ring.offer()
                try expect(try sumOfSamples(&reader), expected.sum)
            }
        } bareC: {
            for _ in 0..<passes { try expect(ring.drainWithBareC().sum, expected.sum) }
        }
        metrics.recordRate(benchmark, work: passes * SyntheticRing.samples, times)
    }
}

/// What a run asks of each sample.
private func sampledAttributes() -> EventAttributes {
    var attributes = EventAttributes(event: .software(.dummy))
    attributes.samplePeriod = 1
    attributes.sampleFields = [.instructionPointer, .threadID, .time, .cpu, .read, .userRegisters]
    attributes.userRegisters = UserRegisters.sampleMask
    return attributes
}

/// Takes of each sample what a ledger takes: time, CPU, count, and the four registers that hold the position.
@inline(never)
private func sumOfSamples(_ reader: inout RingBuffer) throws -> UInt64 {
    var sum: UInt64 = 0
    try reader.forEachRecord { (record) throws(PerfError) in
        guard case .sample(let sample) = record, let read = sample.read,
            let registers = UserRegisters(sample)
        else { return }
        sum &+= (sample.time ?? 0) &+ UInt64(sample.cpu ?? 0) &+ read.value
        sum &+= registers.instructionPointer &+ registers.remaining &+ registers.inner &+ registers.counter
    }
    return sum
}

/// A ring of the size that a diagnosis maps at most, full but for less than a sample.
final class SyntheticRing {
    static let pageSize = 4096
    static let dataSize = 128 * 4096
    static let samples = dataSize / MemoryLayout<bare_sample>.size
    /// Less than a sample before the end: the first one wraps.
    private static let start = UInt64(dataSize - 48)
    private static let end = start + UInt64(samples * MemoryLayout<bare_sample>.size)

    let memory: UnsafeMutableRawBufferPointer
    private let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 8)

    init() {
        memory = .allocate(byteCount: Self.pageSize + Self.dataSize, alignment: 4096)
        memory.initializeMemory(as: UInt8.self, repeating: 0)
        bare_ring_fill(memory.baseAddress, Self.pageSize, Self.dataSize, Self.start, Self.samples)
    }

    deinit {
        memory.deallocate()
        scratch.deallocate()
    }

    /// As if the kernel had just written them all.
    func offer() { bare_ring_offer(memory.baseAddress, Self.start, Self.end) }

    func drainWithBareC() -> (samples: Int, sum: UInt64) {
        offer()
        var sum: UInt64 = 0
        let samples = bare_ring_drain(memory.baseAddress, Self.pageSize, Self.dataSize, scratch.baseAddress, &sum)
        return (Int(samples), sum)
    }
}
