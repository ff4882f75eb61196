import CTestSupport
import Glibc
import PerfEvents
import Testing
import Workloads

@testable import Measurement

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
        #expect(record.rows.map(\.truePosition) == record.rows.map { Optional($0.counted) })
        #expect(record.rows.map(\.counted) == (0..<record.pmis).map { ($0 + 1) * 97 })
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
        #expect(record.rows.map(\.lossSoFar) == record.rows.map { Int64(loss * ($0.index - 1)) })
    }

    @Test("A ring that had no room for all samples is labelled, although the kernel says nothing of it")
    func fullRing() throws {
        let workload = try #require(Workload.named("tight-loop"))
        let full = try Self.run(workload, .samplerTotal, iterations: 6000, period: 1)
        #expect(full.pmis < 6000 && full.lostRecords > 0)
        #expect(full.disturbances == [.recordsLost])
        #expect(full.deviation == 0)
        let roomy = try Self.run(workload, .samplerTotal, iterations: 4000, period: 1)
        #expect(roomy.pmis == 4000 && roomy.lostRecords == 0 && roomy.disturbances.isEmpty)
    }

    /// 4,681 samples of 112 bytes, or before Linux 6.0 5,041 of 104, leave less room in the largest ring than one needs.
    @Test("A ring that is exactly full has lost nothing, and one sample later exactly that one", arguments: [0, 1])
    func exactlyFullRing(more: UInt64) throws {
        let workload = try #require(Workload.named("tight-loop"))
        let room: UInt64 = ReadFormat.lostIfKnown.isEmpty ? 5041 : 4681
        let record = try Self.run(workload, .samplerTotal, iterations: room + more, period: 1)
        #expect(record.pmis == room)
        #expect(record.lostRecords == more)
        #expect(record.disturbances == (more == 0 ? [] : [.recordsLost]))
    }

    @Test("A kernel that does not count lost samples has them in what the sampler counted behind the last one")
    func lostBehindTheLast() {
        func lost(of value: UInt64, behind last: UInt64, lost: UInt64? = nil) -> UInt64 {
            let sampler = Reading(value: value, timeEnabled: 1, timeRunning: 1, lost: lost)
            return RunObserver.overflows(of: sampler, behind: last, period: 100)
        }
        #expect(lost(of: 550, behind: 505) == 0)
        #expect(lost(of: 599, behind: 500) == 0)
        #expect(lost(of: 600, behind: 505) == 1)
        #expect(lost(of: 1050, behind: 310) == 7)
        #expect(lost(of: 1050, behind: 310, lost: 3) == 3)
        #expect(RunObserver.overflows(of: nil, behind: 0, period: 100) == 0)
    }

    @Test("A CPU that does not exist is refused with the next step")
    func noSuchCPU() {
        #expect {
            _ = try KernelBench(CountedEvents(.breakpoint), cpu: 8000)
        } throws: { error in
            "\(error)".contains("--cpu")
        }
    }

    #if arch(x86_64)
        /// A hypervisor that shows an old breakpoint again raises SIGTRAP anywhere in a run; here it comes everywhere.
        @Test("A debug exception that nobody claims is survived, labelled, and counts nothing")
        func strayTrap() throws {
            let bench = try KernelBench(CountedEvents(.breakpoint), cpu: Self.cpu)
            let workload = try #require(Workload.named("tight-loop"))
            let plan = RunPlan(
                probe: "test", workload: workload, iterations: 500, arm: .besideSameEvent, period: 97, cpu: Self.cpu)
            let record = try bench.runHere(plan, around: { (window) throws(MeasurementError) in Self.step(window) })
            #expect(try #require(record.strayTraps) > 1000)
            #expect(record.disturbances == [.strayTrap])
            #expect(record.counted == 500 && record.samplerCounted == 500)
            #expect(record.pmis == 500 / 97)
            #expect(try bench.runHere(plan).disturbances.isEmpty)
        }

        /// Runs the body with a debug exception after each instruction.
        private static func step(_ body: () -> Void) {
            withoutActuallyEscaping(body) { body in
                var body = body
                withUnsafeMutablePointer(to: &body) { body in
                    _ = ctest_single_step({ $0?.assumingMemoryBound(to: (() -> Void).self).pointee() }, body)
                }
            }
        }
    #endif
}

extension RunRecord {
    /// PMIs row by row.
    var rows: [LedgerRow] { ledger?.kept ?? [] }
}
