import Testing
import Workloads

@testable import Measurement
@testable import PerfEvents

@Suite("What events are expected to count")
struct CountedEventsTests {
    private func hardware(_ counts: CountedBranches) -> CountedEvents {
        .hardware(
            RCBEvent(
                event: .raw(0x21), name: "BR_RETIRED (r21)", canonicalName: "r21", provenance: "this test",
                counts: counts,
                pmuName: "cpu", notes: []))
    }

    @Test("The code that is counted is known whatever the event is called")
    func config() {
        let named = RCBEvent(
            event: .raw(0x11c4), name: "my favourite", canonicalName: "r11c4", provenance: "named by the user",
            counts: .conditional, pmuName: "cpu", notes: [])
        #expect(CountedEvents.hardware(named).config == 0x11c4)
        #expect(CountedEvents(.breakpoint).config == nil)
    }

    @Test(
        "Whatever is counted, every number of iterations has a total, and a longer run never a smaller one",
        arguments: CountedBranches.allCases, Workload.all.map(\.name))
    func total(counts: CountedBranches, name: String) throws {
        let workload = try #require(Workload.named(name))
        let events = hardware(counts)
        var last: UInt64 = 0
        for iterations in [1, 2, 3, 4095, 1 << 32, Workload.maximumIterations, .max] {
            let expected = events.expected(workload, iterations: iterations)
            #expect(expected >= last && events.expectedBesideCounter(workload, iterations: iterations) >= expected)
            last = expected
        }
    }

    @Test(
        "A sampler of taken or of all branches sees the jump that leaves its window, one of conditional branches or in the counter's group does not"
    )
    func besideCounter() throws {
        let workload = try #require(Workload.named("calls-and-jumps"))
        for iterations: UInt64 in [1, 100] {
            let figures = workload.figures(iterations: iterations)
            let taken = hardware(.takenBranches)
            #expect(taken.expected(workload, iterations: iterations) == figures.takenBranches)
            #expect(taken.expectedBesideCounter(workload, iterations: iterations) == figures.takenBranches + 1)
            #expect(
                taken.expectedBesideCounter(workload, iterations: iterations, inItsGroup: true)
                    == figures.takenBranches)
            let all = hardware(.allBranches)
            #expect(all.expected(workload, iterations: iterations) == figures.branches)
            #expect(all.expectedBesideCounter(workload, iterations: iterations) == figures.branches + 1)
            #expect(
                hardware(.conditional).expectedBesideCounter(workload, iterations: iterations)
                    == figures.conditionalBranches)
            #expect(CountedEvents(.breakpoint).expectedBesideCounter(workload, iterations: iterations) == iterations)
        }
    }
}
