import Glibc
import SystemPackage
import Testing

@testable import PerfEvents

@Suite("A counter")
struct CounterTests {
    @Test("counts exactly the page faults of fresh pages")
    func pageFaults() throws {
        let pages = 64
        let pageSize = sysconf(CInt(_SC_PAGESIZE))
        let memory = mmap(nil, 2 * pages * pageSize, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        let base = try #require(memory)
        try #require(base != MAP_FAILED)
        defer { munmap(base, 2 * pages * pageSize) }
        // Huge pages would make one fault of many pages.
        madvise(base, 2 * pages * pageSize, MADV_NOHUGEPAGE)
        let counter = try Counter(EventAttributes(event: .software(.minorPageFaults)))
        // The first round also faults in the code that it runs.
        try touch(base, 0..<pages, pageSize, counter)
        let before = try counter.read().value
        try touch(base, pages..<(2 * pages), pageSize, counter)
        #expect(try counter.read().value - before == UInt64(pages))
    }

    private func touch(
        _ base: UnsafeMutableRawPointer, _ pages: Range<Int>, _ pageSize: Int, _ counter: borrowing Counter
    ) throws {
        try counter.enable()
        for page in pages { base.storeBytes(of: 1, toByteOffset: page * pageSize, as: UInt8.self) }
        try counter.disable()
    }

    @Test("counts each execution of one instruction, and none while disabled", .enabled(if: canCountBreakpoints))
    func breakpoints() throws {
        let function = try #require(CountedFunction())
        let counter = try Counter(EventAttributes(event: .breakpoint(executing: function.address)))
        function.call(times: 3)
        try counter.enable()
        function.call(times: 1234)
        try counter.disable()
        function.call(times: 3)
        #expect(try counter.readExact() == 1234)
        try counter.reset()
        #expect(try counter.read().value == 0)
    }

    @Test("starts disabled, reports both times, and takes no time while disabled")
    func startsDisabled() throws {
        let counter = try Counter(EventAttributes(event: .software(.taskClock)))
        #expect(try counter.read() == Reading(value: 0, timeEnabled: 0, timeRunning: 0))
        try counter.enable()
        try counter.disable()
        let reading = try counter.read()
        #expect(reading.timeEnabled > 0)
        #expect(reading.isFullyScheduled)
        #expect(try counter.read() == reading)
    }

    @Test("is closed on exec and at the end of its life")
    func descriptorLife() throws {
        var descriptor: CInt = -1
        do {
            let counter = try Counter(EventAttributes(event: .software(.dummy)))
            descriptor = counter.descriptor
            #expect(fcntl(descriptor, F_GETFD) == FD_CLOEXEC)
        }
        let fake = FakeKernel()
        do {
            let counter = try Counter(EventAttributes(event: .software(.dummy)), calls: fake.calls(opens: [77]))
            #expect(counter.descriptor == 77)
        }
        #expect(fake.closed == [77])
    }

    @Test(
        "ends with its owner, although another process holds it open, as one does that is about to execute its program",
        .enabled(if: canCountBreakpoints), arguments: [1, 2])
    func endsWithItsOwner(members: Int) throws {
        let function = try #require(CountedFunction())
        let attributes = EventAttributes(event: .breakpoint(executing: function.address))
        func open() throws -> CInt {
            if members == 1 {
                let counter = try Counter(attributes)
                try counter.enable()
                return dup(counter.descriptor)
            }
            let group = try CounterGroup([EventAttributes](repeating: attributes, count: members))
            try group.enable()
            let leader = group.descriptor(ofMember: 0)
            return dup(try #require(leader))
        }
        let held = try open()
        defer { close(held) }
        func answer() -> [UInt64] {
            var words = [UInt64](repeating: 0, count: 8)
            #expect(read(held, &words, words.count * 8) > 0)
            return words
        }
        let before = answer()
        function.call(times: 3)
        #expect(answer() == before)
    }

    @Test("says its id, and the lost samples where asked")
    func identity() throws {
        var attributes = EventAttributes(event: .software(.dummy))
        attributes.readFormat.formUnion([.id, .lost])
        let counter = try Counter(attributes)
        let reading = try counter.read()
        #expect(try reading.id == counter.id)
        #expect(reading.lost == 0)
    }

    @Test("takes a new period while it is open", .enabled(if: canCountBreakpoints))
    func newPeriod() throws {
        let function = try #require(CountedFunction())
        var attributes = EventAttributes(event: .breakpoint(executing: function.address))
        attributes.samplePeriod = 1_000_000
        attributes.sampleFields = .read
        var sampler = try Sampler(attributes, ringPages: 1)
        try sampler.counter.setPeriod(7)
        try sampler.enable()
        function.call(times: 21)
        try sampler.disable()
        var counts: [UInt64] = []
        try sampler.forEachRecord { record in
            if case .sample(let sample) = record { counts.append(sample.read?.value ?? 0) }
        }
        #expect(counts == [7, 14, 21])
    }

    @Test("A read of zero bytes is its own error")
    func endOfFile() throws {
        let counter = try Counter(EventAttributes(event: .raw(0x1c4)), calls: FakeKernel().calls(read: 0))
        #expect(perfError { () throws(PerfError) in _ = try counter.read() }?.code == .notScheduled)
    }

    @Test("A short read is its own error", arguments: [1, 8, 16, 23, 25, 48])
    func shortRead(size: Int) throws {
        let counter = try Counter(EventAttributes(event: .raw(0x1c4)), calls: FakeKernel().calls(read: size))
        #expect(perfError { () throws(PerfError) in _ = try counter.read() }?.code == .shortRead)
    }

    @Test("A multiplexed count is no exact count")
    func multiplexed() throws {
        let calls = SystemCalls(
            open: { _, _, _, _, _ in 100 },
            read: { _, buffer, size in
                buffer.storeBytes(of: 50, toByteOffset: 0, as: UInt64.self)
                buffer.storeBytes(of: 400, toByteOffset: 8, as: UInt64.self)
                buffer.storeBytes(of: 100, toByteOffset: 16, as: UInt64.self)
                return size
            }, close: { _ in 0 })
        let counter = try Counter(EventAttributes(event: .raw(0x1c4)), calls: calls)
        let reading = try counter.read()
        #expect(reading == Reading(value: 50, timeEnabled: 400, timeRunning: 100))
        #expect(reading.scaledEstimate == 200)
        #expect(perfError { () throws(PerfError) in _ = try counter.readExact() }?.code == .multiplexed)
    }
}

@Suite("A group of counters")
struct CounterGroupTests {
    @Test("is read at one moment, with the same times for all", .enabled(if: canCountBreakpoints))
    func readsTogether() throws {
        let function = try #require(CountedFunction())
        let other = try #require(CountedFunction(name: "llabs") ?? CountedFunction(name: "toupper"))
        var members = [EventAttributes(event: .breakpoint(executing: function.address))]
        if other.address != function.address {
            members.append(EventAttributes(event: .breakpoint(executing: other.address)))
        }
        members.append(EventAttributes(event: .software(.dummy)))
        let group = try CounterGroup(members)
        function.call(times: 9)
        try group.enable()
        function.call(times: 100)
        try group.disable()
        function.call(times: 9)
        let readings = try group.read()
        #expect(readings.count == group.count && group.count == members.count)
        #expect(readings[0].value == 100)
        #expect(readings[readings.count - 1].value == 0)
        #expect(Set(readings.map(\.timeEnabled)).count == 1)
        #expect(readings.allSatisfy { $0.isFullyScheduled })
        try group.reset()
        #expect(try group.read().allSatisfy { $0.value == 0 })
    }

    @Test("is opened as a whole or not at all, and the error names the member")
    func allOrNothing() {
        let fake = FakeKernel()
        let calls = fake.calls(opens: [50, 51, -Errno.noSpace.rawValue])
        let members = [EventAttributes](repeating: EventAttributes(event: .breakpoint(executing: 4096)), count: 4)
        let error = perfError { () throws(PerfError) in _ = try CounterGroup(members, calls: calls) }
        #expect(error?.groupMember == 2)
        #expect(error?.code == .breakpointSlots)
        #expect(fake.closed.sorted() == [50, 51])
        #expect(error?.description.contains("member 2 of the group") == true)
    }

    @Test("closes all its members at the end of its life")
    func closesAll() throws {
        let fake = FakeKernel()
        let members = [EventAttributes](repeating: EventAttributes(event: .software(.dummy)), count: 3)
        do {
            let group = try CounterGroup(members, calls: fake.calls(opens: [50, 51, 52]))
            #expect(group.descriptor(ofMember: 2) == 52)
            #expect(group.descriptor(ofMember: 3) == nil)
        }
        #expect(fake.closed.sorted() == [50, 51, 52])
    }

    @Test("without members is an error")
    func empty() {
        #expect(perfError { () throws(PerfError) in _ = try CounterGroup([]) }?.code == .invalidAttributes)
    }

    @Test(
        "More breakpoints than the CPU has registers is an error with the number of the one too many",
        .enabled(if: canCountBreakpoints))
    func tooManyBreakpoints() throws {
        let function = try #require(CountedFunction())
        let members = [EventAttributes](
            repeating: EventAttributes(event: .breakpoint(executing: function.address)), count: 64)
        let error = perfError { () throws(PerfError) in _ = try CounterGroup(members) }
        #expect(error?.code == .breakpointSlots)
        #expect(error?.errno == .noSpace)
        #expect((error?.groupMember ?? 0) > 0)
    }
}
