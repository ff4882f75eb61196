import CPerf
import Testing

@testable import Workloads

@Suite("Closed forms")
struct ClosedFormTests {
    @Test("Iterations with a bit set are those that counting one by one finds")
    func bits() {
        for bit in 0..<5 {
            var counted: UInt128 = 0
            for n in UInt128(0)...200 {
                if n >> UInt128(bit) & 1 == 1 { counted += 1 }
                #expect(n.iterationsWithBit(bit) == counted)
                #expect(n.iterationsWithoutBit(bit) == n - counted)
            }
        }
    }

    @Test("The generator comes back to its start after its period, and not before")
    func period() {
        var state: UInt16 = 1
        var length = 0
        repeat {
            let bit = state & 1
            state >>= 1
            if bit == 1 { state ^= DroppedBits.taps }
            length += 1
        } while state != 1 && length < 1 << 16
        #expect(length == DroppedBits.period)
        #expect(DroppedBits.ones(iterations: 4095) == 2048)
        #expect(DroppedBits.ones(iterations: 3 * 4095 + 1) == 3 * 2048 + 1)
    }

    @Test("Figures grow with every iteration, and never beyond 64 bits", arguments: Workload.all.map(\.name))
    func monotone(name: String) throws {
        let workload = try #require(Workload.named(name))
        let one = workload.figures(iterations: 1)
        let two = workload.figures(iterations: 2)
        #expect(two.conditionalBranches > one.conditionalBranches)
        #expect(two.instructions > one.instructions)
        let largest = workload.figures(iterations: Workload.maximumIterations)
        #expect(largest.instructions < .max)
        #expect(largest.takenBranches <= largest.branches && largest.conditionalBranches <= largest.branches)
        // 2^64 - 1 iterations have at least 2^65 - 2 instructions.
        #expect(workload.figures(iterations: .max).instructions == .max)
    }

    @Test("No iteration is no run: it retires nothing", arguments: Workload.all.map(\.name))
    func zero(name: String) throws {
        let workload = try #require(Workload.named(name))
        #expect(
            workload.figures(iterations: 0)
                == WorkloadFigures(
                    conditionalBranches: 0, branches: 0, takenBranches: 0, instructions: 0, systemCalls: 0))
        #expect(
            workload.triggers(iterations: 0)
                == WorkloadTriggers(lockedInstructions: 0, cpuids: 0, systemCalls: 0, pageFaults: 0))
        let window = try WorkloadWindow()
        window.pointer.pointee.results = (7, 7, 7, 7)
        workload.run(window: window.pointer, iterations: 0)
        #expect(window.pointer.pointee.results == (7, 7, 7, 7))
    }

    @Test("What a run triggers is counted without the window's own call")
    func triggers() throws {
        let faults = try #require(Workload.named("page-faults")).triggers(iterations: 10)
        #expect(faults == WorkloadTriggers(lockedInstructions: 0, cpuids: 0, systemCalls: 10, pageFaults: 10))
        #expect(faults.kernelEntries == 20)
        #expect(try #require(Workload.named("system-calls")).triggers(iterations: 10).kernelEntries == 10)
        #expect(try #require(Workload.named("tight-loop")).triggers(iterations: 10).kernelEntries == 0)
        let identification = try #require(Workload.named("cpu-identification"))
        #expect(identification.triggers(iterations: 10).cpuidPairs == 9)
        #expect(identification.triggers(iterations: 0).cpuidPairs == 0)
        #expect(identification.triggers(iterations: .max).kernelEntries == 0)
        #expect(try #require(Workload.named("page-faults")).triggers(iterations: .max).kernelEntries == .max)
    }

    @Test("Workloads are found by their names, and no other names are")
    func names() {
        #expect(Set(Workload.all.map(\.name)).count == Workload.all.count)
        #expect(Workload.all.allSatisfy { Workload.named($0.name)?.site == $0.site })
        #expect(Workload.named("loop") == nil)
    }
}
