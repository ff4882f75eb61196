import Measurement
import Simulation
import Testing
import Workloads

/// Each parameter leaves its signature in the records, and nothing else.
@Suite("Faults at the PMI leave their signature")
struct PMIFaultTests {
    @Test(
        "A freeze at the overflow loses the skid on both counters, before the sample",
        arguments: [1, 10, 39] as [UInt64])
    func freeze(skid: UInt64) throws {
        let record = try simulated(.tight, .besideSameEvent) {
            $0.freeze = .overflow
            $0.skid = .fixed(skid)
        }
        #expect(record.pmis == 20)
        #expect(record.deviation == Int64(20 * skid) && record.samplerDeviation == record.deviation)
        #expect(record.losses == record.rows.map { Int64($0.index * skid) })
        #expect(record.rows.map(\.counted) == record.rows.map { $0.index * 10_007 })
    }

    @Test("A freeze hits a counter beside a sampler of another event")
    func freezeBesideOther() throws {
        let record = try simulated(.tight, .besideOtherEvent) { $0.freeze = .overflow }
        #expect(record.pmis == 20 && record.deviation == 200)
        #expect(record.rows.allSatisfy { $0.truePosition == nil })
    }

    @Test("A freeze at delivery loses nothing")
    func delivery() throws {
        let record = try simulated(.tight, .besideSameEvent) { $0.freeze = .delivery }
        #expect(
            record.deviation == 0 && record.samplerDeviation == 0 && record.skids == Array(repeating: 10, count: 20))
    }

    @Test("A frozen window that falls into the kernel loses less", arguments: ["system-calls", "page-faults"])
    func freezeInKernel(name: String) throws {
        let record = try simulated(.test(name)) { $0.freeze = .overflow }
        // At most one of the iteration's two branches lies between an overflow and the kernel's entry.
        #expect(record.pmis == 20 && record.deviation > 0 && record.deviation <= 20)
    }

    @Test("An interrupt that takes part of the window makes the loss smaller")
    func freezeBesideInterrupt() throws {
        let record = try simulated(overflows: 200) {
            $0.freeze = .overflow
            $0.skidInKernelOneIn = 20
        }
        #expect(record.deviation < 2_000 && record.deviation > 1_500)
    }

    @Test(
        "A drop is the sampler's alone: first within the skid, the rest after the sample",
        arguments: [3, 500] as [UInt64])
    func drop(size: UInt64) throws {
        let record = try simulated(.tight, .besideSameEvent) { $0.drop = size }
        #expect(record.deviation == 0 && record.samplerDeviation == Int64(record.pmis * size))
        #expect(record.losses == record.rows.map { Int64(($0.index - 1) * size + min(size, 10)) })
    }

    @Test("A surplus is the sampler's alone, and shows in each row")
    func surplus() throws {
        let record = try simulated(.tight, .besideSameEvent) { $0.surplus = 7 }
        #expect(record.deviation == 0 && record.samplerDeviation == -140)
        #expect(record.losses == record.rows.map { -7 * Int64($0.index) })
    }

    @Test("Faults with odds show in some PMIs")
    func rare() throws {
        let record = try simulated(overflows: 1_000) {
            $0.drop = 3
            $0.dropOneIn = 50
        }
        #expect(record.deviation % 3 == 0 && record.deviation > 0 && record.deviation < 150)
    }

    @Test("After a lost PMI the counter runs on, and counts rightly, without another one")
    func lost() throws {
        let record = try simulated { $0.lostPMIOneIn = 8 }
        #expect(record.pmis == 7 && record.deviation == 0 && record.losses == Array(repeating: 0, count: 7))
    }

    @Test("A counter that runs on until it wraps loses its width, and interrupts again")
    func wrapped() throws {
        let record = try simulated(overflows: 20) {
            $0.lostPMIOneIn = 8
            $0.counterWidth = 16
        }
        #expect(record.pmis > 7 && record.deviation == 1 << 16)
    }

    @Test("A single lost PMI is followed by the next")
    func lostSingle() throws {
        let record = try simulated {
            $0.lostPMIOneIn = 8
            $0.afterLostPMI = .single
        }
        #expect(record.pmis == 18 && record.deviation == 0)
        #expect(
            record.rows.map { $0.counted / 10_007 } == [
                1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13, 14, 15, 17, 18, 19, 20,
            ])
    }

    @Test("PMIs lost in the kernel are those of windows that end there")
    func lostInKernel() throws {
        func pmis(_ name: String) throws -> UInt64 {
            try simulated(.test(name)) {
                $0.losesPMIsInKernel = true
                $0.afterLostPMI = .single
            }.pmis
        }
        #expect(try pmis("tight-loop") == 20)
        #expect(try pmis("system-calls") == 0)
    }

    @Test("A late PMI moves its own row and no count")
    func late() throws {
        let record = try simulated(overflows: 1_000) {
            $0.latePMIOneIn = 100
            $0.latePMIBy = CountRange(2_000, 4_000)
        }
        #expect(record.deviation == 0 && record.pmis == 1_000)
        let late = record.skids.filter { $0 != 10 }
        #expect(!late.isEmpty && late.count < 30 && late.allSatisfy { (2_010...4_010).contains($0) })
    }

    @Test("A duplicate PMI is a row at the same place")
    func duplicate() throws {
        let record = try simulated { $0.duplicatePMIOneIn = 1 }
        #expect(record.pmis == 40 && record.deviation == 0)
        let places = record.rows.map { $0.counted / 10_007 }
        #expect(places == (0..<40).map { 1 + $0 / 2 } && record.skids.allSatisfy { $0 == 10 })
    }

    @Test("A sample that the ring has no room for is counted as lost, and disturbs")
    func lostRecord() throws {
        let record = try simulated(overflows: 200) { $0.lostRecordOneIn = 10 }
        #expect(record.lostRecords > 0 && record.pmis + record.lostRecords == 200 && record.deviation == 0)
        #expect(record.disturbances == [.recordsLost])
    }

    @Test("A throttled sampler rests until the next tick, a bystander does not")
    func throttled() throws {
        let record = try simulated(.tight, .besideSameEvent, period: 10_007, overflows: 2_000) {
            $0.maxSampleRate = 2_000
            $0.ticksPerSecond = 1_000
        }
        #expect(record.disturbances == [.throttled] && record.throttles > 1)
        #expect(record.deviation == 0 && record.pmis <= 2 * (record.throttles + 1))
        // Of each tick's million branches the sampler sees two periods.
        #expect(try #require(record.samplerDeviation) > Int64(record.expected / 2))
    }

    @Test("A skid longer than a period swallows overflows, and counts stay right")
    func longSkid() throws {
        let record = try simulated(period: 1_009, overflows: 200) { $0.skid = .fixed(5_000) }
        #expect(record.pmis < 100 && record.deviation == 0 && record.losses.allSatisfy { $0 == 0 })
    }
}
