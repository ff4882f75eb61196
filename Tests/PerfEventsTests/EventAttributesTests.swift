import CPerf
import Testing

@testable import PerfEvents

@Suite("Attributes")
struct EventAttributesTests {
    @Test("count in user space only, start disabled and report both times unless told otherwise")
    func defaults() {
        let attributes = EventAttributes(event: .raw(0x1c4))
        #expect(attributes.event == .raw(0x1c4))
        #expect(attributes.startsDisabled)
        #expect(attributes.excludesKernel && attributes.excludesHypervisor && attributes.excludesGuest)
        #expect(!attributes.excludesUser && !attributes.excludesIdle && !attributes.inherits && !attributes.isPinned)
        #expect(attributes.readFormat == .bothTimes)
        #expect(attributes.samplePeriod == nil && attributes.sampleFields.isEmpty)
        #expect(attributes.raw.size == UInt32(MemoryLayout<perf_event_attr>.size))
    }

    @Test("set the bits that the kernel's interface names, and no others")
    func bits() {
        /// Each flag's place in the word behind read_format (include/uapi/linux/perf_event.h).
        let flags: [(WritableKeyPath<EventAttributes, Bool>, Int)] = [
            (\.startsDisabled, 0), (\.inherits, 1), (\.isPinned, 2), (\.isExclusive, 3), (\.excludesUser, 4),
            (\.excludesKernel, 5), (\.excludesHypervisor, 6), (\.excludesIdle, 7), (\.enablesOnExec, 12),
            (\.recordsTasks, 13), (\.identifiesAllRecords, 18), (\.excludesHost, 19), (\.excludesGuest, 20),
            (\.recordsContextSwitches, 26), (\.isRemovedOnExec, 36),
        ]
        for (flag, bit) in flags {
            var attributes = EventAttributes(raw: perf_event_attr())
            attributes[keyPath: flag] = true
            #expect(attributes.withBytes { $0.load(fromByteOffset: 40, as: UInt64.self) } == 1 << UInt64(bit))
            #expect(attributes[keyPath: flag])
            attributes[keyPath: flag] = false
            #expect(attributes == EventAttributes(raw: perf_event_attr()))
        }
    }

    @Test("are equal when their bytes are")
    func equality() {
        var left = EventAttributes(event: .software(.pageFaults))
        var right = left
        #expect(left == right && left.hashValue == right.hashValue)
        right.raw.sig_data = 1
        #expect(left != right)
        left.raw.sig_data = 1
        #expect(Set([left, right]).count == 1)
    }

    @Test("tell periods from frequencies, and wakeups by events from those by bytes")
    func unions() {
        var attributes = EventAttributes(event: .software(.taskClock))
        attributes.raw.freq = 1
        attributes.raw.sample_freq = 4000
        #expect(attributes.samplePeriod == nil)
        attributes.samplePeriod = 100
        #expect(attributes.samplePeriod == 100 && attributes.raw.freq == 0)
        attributes.wakeupWatermark = 4096
        #expect(attributes.wakeupEvents == nil && attributes.wakeupWatermark == 4096)
        attributes.wakeupEvents = 2
        #expect(attributes.wakeupEvents == 2 && attributes.wakeupWatermark == nil)
        attributes.preciseLevel = 9
        #expect(attributes.preciseLevel == 3)
    }

    @Test("keep an event as it was given")
    func events() {
        let events: [Event] = [
            .raw(0x1c4), .hardware(.branchInstructions), .software(.contextSwitches),
            .dynamic(pmuType: 10, config: 1, config1: 2, config2: 3), .breakpoint(executing: 0x1000),
            .breakpoint(at: 0x2000, length: 4, access: .readWrite),
        ]
        for event in events { #expect(EventAttributes(event: event).event == event) }
        #expect(
            events.map(\.description) == [
                "raw event r1c4", "hardware event branch-instructions", "software event context-switches",
                "event 0x1 of PMU type 10", "breakpoint on execution of 0x1000",
                "breakpoint on reading or writing of 0x2000",
            ])
        #expect(Event.breakpoint(executing: 0x1000).config2 == UInt64(MemoryLayout<Int>.size))
    }
}
