import Glibc
import Measurement
import PerfEvents
import Synchronization
import Testing
import Workloads

/// Runs on the kernel that is running, through breakpoint counters: real overflow, real ring buffer, no PMU.
@Suite("Runs on this kernel are exact", .serialized)
struct KernelBenchTests {
    static let cpu = allowedCPUs().first ?? 0

    static func run(
        _ workload: Workload, _ arm: Arm, iterations: UInt64 = 500, period: UInt64? = 97, planting: UInt64? = nil
    ) throws -> RunRecord {
        var bench = try KernelBench(CountedEvents(.breakpoint), cpu: cpu)
        return try bench.run(
            RunPlan(
                probe: "test", workload: workload, iterations: iterations, arm: arm,
                period: arm == .countingAlone ? nil : period, cpu: cpu, plantedLoss: planting))
    }

    @Test("Every arm of every workload counts every branch", arguments: Workload.all.map(\.name), Arm.allCases)
    func exact(name: String, arm: Arm) throws {
        let workload = try #require(Workload.named(name))
        let record = try Self.run(workload, arm)
        #expect(record.counted == 500)
        #expect(record.samplerDeviation ?? 0 == 0)
        #expect(record.disturbances.isEmpty)
        #expect(record.pmis == (arm.samples ? 500 / 97 : 0))
        #expect(record.ledger.map(\.truePosition) == record.ledger.map { Optional($0.counted) })
        #expect(record.ledger.map(\.counted) == (0..<record.pmis).map { ($0 + 1) * 97 })
    }

    @Test(
        "A planted loss goes missing on the counter and on the sampler, to the last branch",
        arguments: Workload.all.map(\.name), [0, 1, 7, 40] as [UInt64])
    func planted(name: String, loss: UInt64) throws {
        let workload = try #require(Workload.named(name))
        let record = try Self.run(workload, .besideSameEvent, planting: loss)
        let planted = try #require(record.planted)
        #expect(planted.pmis == record.pmis && record.pmis > 0)
        #expect(planted.total == loss * record.pmis)
        #expect(record.deviation == Int64(planted.total))
        #expect(record.samplerDeviation == Int64(planted.total))
        #expect(record.ledger.map(\.lossSoFar) == record.ledger.map { Int64(loss * ($0.index - 1)) })
    }

    @Test("A ring that had no room for all samples is labelled, although the kernel says nothing of it")
    func fullRing() throws {
        let workload = try #require(Workload.named("tight-loop"))
        let full = try Self.run(workload, .samplerTotal, iterations: 6000, period: 1)
        #expect(full.pmis < 6000 && full.lost > 0)
        #expect(full.disturbances == [.recordsLost])
        #expect(full.deviation == 0)
        let roomy = try Self.run(workload, .samplerTotal, iterations: 4000, period: 1)
        #expect(roomy.pmis == 4000 && roomy.lost == 0 && roomy.disturbances.isEmpty)
    }

    @Test("A CPU that does not exist is refused with the next step")
    func noSuchCPU() {
        #expect {
            _ = try KernelBench(CountedEvents(.breakpoint), cpu: 8000)
        } throws: { error in
            "\(error)".contains("--cpu")
        }
    }

    /// A hypervisor that shows an old breakpoint again raises SIGTRAP in the middle of a run. Here another thread sends
    /// it.
    @Test("A debug exception that nobody claims is survived, labelled, and counts nothing")
    func strayTrap() throws {
        var bench = try KernelBench(CountedEvents(.breakpoint), cpu: Self.cpu)
        let workload = try #require(Workload.named("tight-loop"))
        let plan = RunPlan(probe: "test", workload: workload, iterations: 50_000, arm: .countingAlone, cpu: Self.cpu)
        let record = try Self.whileSendingTraps { try bench.run(plan) }
        #expect(try #require(record.strayTraps) > 0)
        #expect(record.disturbances == [.strayTrap])
        #expect(record.counted == record.expected)
        #expect(try bench.run(plan).disturbances.isEmpty)
    }

    /// Runs the body while another thread sends this one SIGTRAP, again and again.
    private static func whileSendingTraps<Value>(_ body: () throws -> Value) throws -> Value {
        let sender = TrapSender(to: pthread_self())
        var thread = pthread_t()
        let started = pthread_create(
            &thread, nil,
            { argument in
                guard let argument else { return nil }
                Unmanaged<TrapSender>.fromOpaque(argument).takeUnretainedValue().send()
                return nil
            }, Unmanaged.passUnretained(sender).toOpaque())
        try #require(started == 0)
        defer {
            sender.isDone.store(true, ordering: .relaxed)
            pthread_join(thread, nil)
        }
        return try body()
    }
}

/// Sends a thread SIGTRAP every 20 ms until it is told to stop.
private final class TrapSender: Sendable {
    let isDone = Atomic(false)
    private let receiver: pthread_t

    init(to receiver: pthread_t) { self.receiver = receiver }

    func send() {
        while !isDone.load(ordering: .relaxed) {
            pthread_kill(receiver, SIGTRAP)
            usleep(20_000)
        }
    }
}
