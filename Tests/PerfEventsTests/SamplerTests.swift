import CPerf
import Glibc
import Synchronization
import Testing

@testable import PerfEvents

/// What a sample of a breakpoint on a counted function said.
private struct Hit: Equatable {
    var ip: UInt64?
    var counted: UInt64?
    var argument: UInt64?
    var registerIP: UInt64?
}

private func attributes(_ function: CountedFunction, period: UInt64) -> EventAttributes {
    var attributes = EventAttributes(event: .breakpoint(executing: function.address))
    attributes.samplePeriod = period
    attributes.sampleFields = [.instructionPointer, .threadID, .time, .read, .userRegisters]
    attributes.userRegisters = 1 << UInt64(firstArgumentRegister) | 1 << UInt64(instructionPointerRegister)
    return attributes
}

@Suite("A sampler of real breakpoints", .enabled(if: canCountBreakpoints), .serialized)
struct SamplerTests {
    @Test("Each sample says where it was and what the counter had")
    func samplesAreExact() throws {
        let function = try #require(CountedFunction())
        var sampler = try Sampler(attributes(function, period: 10), ringPages: 8)
        try sampler.enable()
        function.call(times: 205)
        try sampler.disable()
        var hits: [Hit] = []
        var times: [UInt64] = []
        try sampler.forEachRecord { record in
            guard case .sample(let sample) = record else { return }
            times.append(sample.time ?? 0)
            hits.append(
                Hit(
                    ip: sample.ip, counted: sample.read?.value,
                    argument: sample.userRegister(firstArgumentRegister),
                    registerIP: sample.userRegister(instructionPointerRegister)))
        }
        let expected = (1...20).map { index in
            let position = UInt64(index * 10)
            return Hit(
                ip: UInt64(function.address), counted: position, argument: position,
                registerIP: UInt64(function.address))
        }
        #expect(hits == expected)
        #expect(times == times.sorted() && Set(times).count == times.count)
        let reading = try sampler.read()
        #expect(reading.value == 205)
        #expect(reading.isFullyScheduled)
    }

    @Test("A ring of one page is read across its wrap, record by record")
    func smallRingWraps() throws {
        let function = try #require(CountedFunction())
        var sampler = try Sampler(attributes(function, period: 1), ringPages: 1)
        try sampler.enable()
        var arguments: [UInt64] = []
        for _ in 0..<20 {
            function.call(times: 37)
            try sampler.forEachRecord { record in
                guard case .sample(let sample) = record, let argument = sample.userRegister(firstArgumentRegister)
                else { throw PerfError(code: .other, operation: .decode, subject: "record", explanation: "no sample") }
                arguments.append(argument)
            }
        }
        try sampler.disable()
        #expect(arguments == (0..<20).flatMap { _ in (1...37).map { UInt64($0) } })
    }

    @Test("Records are read while the kernel writes them for another thread")
    func concurrentDrain() throws {
        let function = try #require(CountedFunction())
        let caller = Caller(function: function, calls: 2000)
        var thread = pthread_t()
        try #require(
            pthread_create(
                &thread, nil,
                { argument in
                    if let argument { Unmanaged<Caller>.fromOpaque(argument).takeUnretainedValue().run() }
                    return nil
                }, Unmanaged.passUnretained(caller).toOpaque()) == 0)
        // The thread says who it is, and waits until it is watched.
        while caller.state.load(ordering: .acquiring) == 0 { sched_yield() }
        var sampler = try Sampler(
            attributes(function, period: 1), thread: caller.state.load(ordering: .acquiring), ringPages: 64)
        try sampler.enable()
        caller.state.store(Caller.go, ordering: .releasing)
        var arguments: [UInt64] = []
        while arguments.count < 2000 {
            let isOver = caller.state.load(ordering: .acquiring) == Caller.done
            try sampler.forEachRecord { record in
                guard case .sample(let sample) = record else { return }
                arguments.append(sample.userRegister(firstArgumentRegister) ?? 0)
            }
            if isOver { break }
        }
        pthread_join(thread, nil)
        withExtendedLifetime(caller) {}
        #expect(arguments == (1...2000).map { UInt64($0) })
    }

    @Test("A full ring reports how many samples it lost, and the count is exact all the same")
    func fullRingReportsLoss() throws {
        let function = try #require(CountedFunction())
        var sampler = try Sampler(attributes(function, period: 1), ringPages: 1)
        try sampler.enable()
        function.call(times: 200)
        var samples: UInt64 = 0
        var lost: UInt64 = 0
        // The kernel writes the record of the loss when there is room again: at the next sample.
        try sampler.forEachRecord { record in if case .sample = record { samples += 1 } }
        function.call(times: 1)
        try sampler.disable()
        try sampler.forEachRecord { record in
            switch record {
            case .sample: samples += 1
            case .lost(let record): lost += record.count
            default: break
            }
        }
        #expect(lost > 0)
        #expect(samples + lost == 201)
        #expect(try sampler.read().value == 201)
    }

    @Test("Fields behind others are found where they are: callchain, stack, registers, weight")
    func manyFields() throws {
        let function = try #require(CountedFunction())
        var wide = attributes(function, period: 1)
        wide.sampleFields.formUnion([
            .identifier, .address, .id, .streamID, .cpu, .period, .callchain, .userStack, .weight, .dataSource,
            .transaction, .interruptRegisters, .dataPageSize, .codePageSize,
        ])
        wide.interruptRegisters = 1 << UInt64(instructionPointerRegister)
        wide.raw.sample_stack_user = 64
        wide.readFormat.formUnion([.id, .lost])
        var sampler = try Sampler(wide, ringPages: 8)
        let id = try sampler.counter.id
        try sampler.enable()
        function.call(times: 3)
        try sampler.disable()
        var seen = 0
        try sampler.forEachRecord { record in
            guard case .sample(let sample) = record else { return }
            seen += 1
            #expect(sample.ip == UInt64(function.address))
            #expect(sample.id == id && sample.streamID == id)
            #expect(sample.processID == getpid() && sample.threadID == Counter.callingThread)
            #expect(sample.address == UInt64(function.address))
            #expect(sample.period == 1)
            #expect(sample.isInUserSpace == true)
            #expect(sample.userRegister(firstArgumentRegister) == UInt64(seen))
            #expect(sample.userRegister(at: 1) == UInt64(function.address))
            #expect(sample.read?.value == UInt64(seen))
            #expect(sample.read?.id(ofMember: 0) == id)
            #expect(sample.read?.lost(ofMember: 0) == 0)
            #expect(sample.fieldBytes(.userStack)?.word(at: 0) == 64)
            #expect(sample.fieldBytes(.interruptRegisters)?.word(at: 8) == UInt64(function.address))
            #expect(sample.fieldBytes(.codePageSize)?.word(at: 0) == 4096)
        }
        #expect(seen == 3)
    }

    @Test("Context switches of a thread that gives up its CPU are records, with the thread in the trailer")
    func contextSwitches() throws {
        var attributes = EventAttributes(event: .software(.dummy))
        attributes.recordsContextSwitches = true
        attributes.identifiesAllRecords = true
        attributes.sampleFields = [.threadID, .time, .cpu]
        var sampler = try Sampler(attributes, ringPages: 8)
        try sampler.enable()
        try waitForAnotherThread()
        try sampler.disable()
        var left = 0
        var cameBack = 0
        let thread = Counter.callingThread
        try sampler.forEachRecord { record in
            guard case .contextSwitch(let record) = record else { return }
            if record.isOut { left += 1 } else { cameBack += 1 }
            #expect(record.identity.threadID == thread)
            #expect(record.identity.processID == getpid())
            #expect(record.identity.time != nil && record.identity.cpu != nil && record.identity.id == nil)
            #expect(record.otherThreadID == nil)
        }
        #expect(left > 0)
        #expect(cameBack == left)
    }

    @Test("A new thread is a record")
    func fork() throws {
        var attributes = EventAttributes(event: .software(.dummy))
        attributes.recordsTasks = true
        var sampler = try Sampler(attributes, ringPages: 8)
        try sampler.enable()
        try waitForAnotherThread()
        try sampler.disable()
        var forked: [Int32] = []
        try sampler.forEachRecord { record in
            guard case .fork(let record) = record else { return }
            #expect(record.parentThreadID == Counter.callingThread && record.parentProcessID == getpid())
            #expect(record.processID == getpid() && record.time > 0)
            forked.append(record.threadID)
        }
        #expect(forked.count == 1)
        #expect(forked.first != Counter.callingThread)
    }

    @Test("The end of a process is a record")
    func exit() throws {
        var ends: [CInt] = [0, 0]
        try #require(pipe(&ends) == 0)
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, ends[0], 0)
        posix_spawn_file_actions_addclose(&actions, ends[1])
        var child: pid_t = 0
        // It waits for the end of its input, so it lives until the pipe is closed.
        var arguments: [UnsafeMutablePointer<CChar>?] = [strdup("cat"), nil]
        defer { free(arguments[0]) }
        try #require(posix_spawnp(&child, "cat", &actions, nil, &arguments, environ) == 0)
        close(ends[0])
        var attributes = EventAttributes(event: .software(.dummy))
        attributes.recordsTasks = true
        attributes.startsDisabled = false
        var sampler = try Sampler(attributes, thread: child, ringPages: 8)
        close(ends[1])
        // waitpid returns after the kernel has written the record: exit_notify() comes after perf_event_exit_task().
        #expect(waitpid(child, nil, 0) == child)
        var ended: [Int32] = []
        try sampler.forEachRecord { record in
            guard case .exit(let record) = record else { return }
            #expect(record.threadID == child)
            ended.append(record.processID)
        }
        #expect(ended == [child])
    }

    @Test("A ring that is no power of two is refused before anything is opened")
    func oddRing() {
        let error = perfError { () throws(PerfError) in
            _ = try Sampler(EventAttributes(event: .software(.dummy)), ringPages: 3)
        }
        #expect(error?.code == .invalidAttributes)
        #expect(error?.errno == nil)
    }

    @Test("An overflow is delivered as a signal to the thread that was named")
    func signals() throws {
        let function = try #require(CountedFunction())
        let signal = SIGRTMIN() + 3
        var set = sigset_t()
        sigemptyset(&set)
        sigaddset(&set, signal)
        // Blocked signals wait, and real-time ones queue: each overflow can be fetched.
        #expect(pthread_sigmask(SIG_BLOCK, &set, nil) == 0)
        var attributes = EventAttributes(event: .breakpoint(executing: function.address))
        attributes.samplePeriod = 5
        attributes.wakeupEvents = 1
        let sampler = try Sampler(attributes, ringPages: 1)
        try sampler.counter.deliverOverflow(signal: signal, toThread: Counter.callingThread)
        try sampler.enable()
        function.call(times: 17)
        try sampler.disable()
        var delivered = 0
        var zero = timespec(tv_sec: 0, tv_nsec: 0)
        while sigtimedwait(&set, nil, &zero) == signal { delivered += 1 }
        #expect(delivered == 3)
    }
}

/// `SIGRTMIN` is a macro that calls this.
private func SIGRTMIN() -> CInt { __libc_current_sigrtmin() }

/// What the thread below is told.
private struct Waker {
    var sleeper: Int32
    var pipe: CInt
}

/// Starts a thread that writes to a pipe, and waits for what it wrote.
///
/// The thread writes when it sees the caller asleep, so the caller leaves its CPU at least once.
private func waitForAnotherThread() throws {
    var ends: [CInt] = [0, 0]
    try #require(pipe(&ends) == 0)
    defer { for end in ends { close(end) } }
    let waker = UnsafeMutablePointer<Waker>.allocate(capacity: 1)
    waker.initialize(to: Waker(sleeper: Counter.callingThread, pipe: ends[1]))
    defer { waker.deallocate() }
    var thread = pthread_t()
    try #require(
        pthread_create(
            &thread, nil,
            { argument in
                guard let waker = argument?.load(as: Waker.self) else { return nil }
                // "tid (name) S ...", proc_pid_stat(5).
                let path = "/proc/self/task/\(waker.sleeper)/stat"
                while SystemFiles().text(path)?.contains(") S ") == false { sched_yield() }
                var byte: UInt8 = 1
                write(waker.pipe, &byte, 1)
                return nil
            }, waker) == 0)
    var byte: UInt8 = 0
    #expect(read(ends[0], &byte, 1) == 1)
    pthread_join(thread, nil)
}

/// A thread that calls a function when told to. Its state is its thread id, then `go`, then `done`.
private final class Caller: Sendable {
    static let go: Int32 = -1
    static let done: Int32 = -2

    let function: CountedFunction
    let calls: Int
    let state = Atomic<Int32>(0)

    init(function: CountedFunction, calls: Int) {
        self.function = function
        self.calls = calls
    }

    func run() {
        state.store(Counter.callingThread, ordering: .releasing)
        while state.load(ordering: .acquiring) != Self.go { sched_yield() }
        function.call(times: calls)
        state.store(Self.done, ordering: .releasing)
    }
}
