import CPerf
import SystemPackage

/// One open event. It owns the descriptor, and at the end of its life stops the event and closes it.
///
/// ```swift
/// let faults = try Counter(EventAttributes(event: .software(.pageFaults)))
/// try faults.enable()
/// work()
/// try faults.disable()
/// print(try faults.read().value)
/// ```
///
/// The descriptor is close-on-exec, and both times are always read.
public struct Counter: ~Copyable, Sendable {
    /// The open file, borrowed: it is valid while this value lives, and must not be closed.
    public let descriptor: CInt
    /// The attributes as the kernel has them.
    public let attributes: EventAttributes
    let thread: Int32
    let cpu: Int?
    let calls: SystemCalls

    /// Opens an event.
    ///
    /// The corresponding system call is perf_event_open(2).
    ///
    /// - Parameters:
    ///   - attributes: What to count, and how. Both times are added to the read format.
    ///   - thread: A thread's id; 0 is the calling thread, -1 all threads (with a CPU only).
    ///   - cpu: Count on this CPU only; nil for wherever the thread runs.
    /// - Throws: ``PerfError`` with the code of what the kernel refused.
    public init(_ attributes: EventAttributes, thread: Int32 = 0, cpu: Int? = nil) throws(PerfError) {
        try self.init(attributes, thread: thread, cpu: cpu, calls: .kernel)
    }

    init(
        _ attributes: EventAttributes, thread: Int32 = 0, cpu: Int? = nil, leader: CInt = -1, calls: SystemCalls
    ) throws(PerfError) {
        var attributes = attributes
        attributes.readFormat.formUnion(.bothTimes)
        descriptor = try Self.open(attributes, thread: thread, cpu: cpu, leader: leader, calls: calls)
        self.attributes = attributes
        self.thread = thread
        self.cpu = cpu
        self.calls = calls
    }

    deinit {
        // A process that another thread has just started holds the event open until it executes its program: close(2) alone
        // would let it count and signal on. Neither call can fail in a way that anyone could act upon.
        _ = calls.control(descriptor, CPERF_EVENT_DISABLE, 0)
        _ = calls.close(descriptor)
    }

    static func open(
        _ attributes: EventAttributes, thread: Int32, cpu: Int?, leader: CInt, calls: SystemCalls
    ) throws(PerfError) -> CInt {
        let context = CallContext(operation: .open, attributes: attributes, thread: thread, cpu: cpu)
        // The kernel's -1 means every CPU; here that is nil, so that a wrong number cannot mean it.
        guard let cpuNumber = CInt(exactly: cpu ?? -1), cpu ?? 0 >= 0 else {
            throw PerfError(.offlineCPU, in: context, facts: calls.permissionFacts())
        }
        var raw = attributes.raw
        let result = calls.open(&raw, thread, cpuNumber, leader, UInt(PERF_FLAG_FD_CLOEXEC))
        guard result >= 0 else {
            throw PerfError(Errno(rawValue: -result), in: context, facts: calls.permissionFacts())
        }
        return result
    }
}

extension Counter {
    /// Starts counting.
    ///
    /// The corresponding request is `PERF_EVENT_IOC_ENABLE`.
    public func enable() throws(PerfError) {
        try check(calls.control(descriptor, CPERF_EVENT_ENABLE, 0), .enable)
    }

    /// Stops counting. The count stays.
    ///
    /// The corresponding request is `PERF_EVENT_IOC_DISABLE`.
    public func disable() throws(PerfError) {
        try check(calls.control(descriptor, CPERF_EVENT_DISABLE, 0), .disable)
    }

    /// Sets the count to 0.
    ///
    /// Neither the times nor what is left of the current period are reset, so the next overflow of a sampling event
    /// comes early. Prefer differences of readings, or a new counter.
    public func reset() throws(PerfError) {
        try check(calls.control(descriptor, CPERF_EVENT_RESET, 0), .reset)
    }

    /// Sets the number of counts between two overflows, 1 to 2^63 - 1.
    ///
    /// The corresponding request is `PERF_EVENT_IOC_PERIOD`.
    /// - Throws: code `periodRefused` for a period that the kernel does not take, or for an event that does not sample.
    public func setPeriod(_ period: UInt64) throws(PerfError) {
        try check(calls.setPeriod(descriptor, period), .setPeriod, period: period)
    }

    /// Starts counting, sets the period, and stops counting, without a branch in user space between the first and the
    /// last: the new period begins whole at the next ``enable()``.
    ///
    /// The corresponding requests are `PERF_EVENT_IOC_ENABLE`, `PERF_EVENT_IOC_PERIOD` and `PERF_EVENT_IOC_DISABLE`.
    /// - Throws: as ``setPeriod(_:)``.
    public func setPeriodWhileEnabled(_ period: UInt64) throws(PerfError) {
        try check(calls.changePeriod(descriptor, period), .setPeriod, period: period)
    }

    /// The kernel's id of this event, as its records carry it.
    public var id: UInt64 {
        get throws(PerfError) {
            var id: UInt64 = 0
            try check(calls.getID(descriptor, &id), .identify)
            return id
        }
    }

    /// Sends `signal` to a thread at each overflow, with the descriptor in `si_fd` for real-time signals and those that
    /// have a handler with `SA_SIGINFO`.
    ///
    /// The thread must be one of this process. Signals other than real-time ones do not queue: several overflows may
    /// make one signal.
    public func deliverOverflow(signal: CInt, toThread thread: Int32) throws(PerfError) {
        try check(calls.deliverSignal(descriptor, signal, thread), .deliverSignal)
    }

    /// Reads the count and both times.
    ///
    /// - Throws: code `notScheduled` where a pinned event lost its counter (the kernel answers with end of file, which
    ///   must not be taken for a count of 0), `shortRead` where the answer has another length than the read format
    ///   demands.
    public func read() throws(PerfError) -> Reading {
        let layout = ReadLayout(format: attributes.readFormat)
        // nr, value, two times, id, lost: no read of one event is longer.
        let answer = withUnsafeTemporaryAllocation(of: UInt64.self, capacity: 6) {
            words -> Result<Reading, PerfError> in
            guard let base = words.baseAddress else { return .failure(failure(.shortRead, .read)) }
            let size = calls.read(descriptor, base, layout.words(members: 1) * MemoryLayout<UInt64>.size)
            return checkedSize(size, words: layout.words(members: 1)).map { _ in
                layout.reading(ofMember: 0, in: UnsafeBufferPointer(words))
            }
        }
        return try answer.get()
    }

    /// The count, if it is a count of everything.
    ///
    /// - Throws: as ``read()``, and code `multiplexed` where the event was not on a counter all the time.
    public func readExact() throws(PerfError) -> UInt64 {
        let reading = try read()
        guard reading.isFullyScheduled else { throw failure(.multiplexed, .read) }
        return reading.value
    }
}

extension Counter {
    /// The calling thread's id, as ``deliverOverflow(signal:toThread:)`` needs it and records show it.
    public static var callingThread: Int32 { cperf_thread_id() }
}

extension Counter {
    func context(_ operation: PerfError.Operation, period: UInt64? = nil) -> CallContext {
        CallContext(operation: operation, attributes: attributes, thread: thread, cpu: cpu, period: period)
    }

    func failure(_ code: PerfError.Code, _ operation: PerfError.Operation) -> PerfError {
        PerfError(code, in: context(operation))
    }

    func failure(
        errno: CInt, _ operation: PerfError.Operation, period: UInt64? = nil
    ) -> PerfError {
        PerfError(
            Errno(rawValue: errno), in: context(operation, period: period), facts: calls.permissionFacts())
    }

    private func check(
        _ result: CInt, _ operation: PerfError.Operation, period: UInt64? = nil
    ) throws(PerfError) {
        guard result < 0 else { return }
        throw failure(errno: -result, operation, period: period)
    }

    /// Judges what read(2) answered: exactly the words that the read format demands, or which error it is.
    func checkedSize(_ size: Int, words: Int) -> Result<Void, PerfError> {
        if size < 0 { return .failure(failure(errno: CInt(truncatingIfNeeded: -size), .read)) }
        if size == 0 { return .failure(failure(.notScheduled, .read)) }
        if size != words * MemoryLayout<UInt64>.size { return .failure(failure(.shortRead, .read)) }
        return .success(())
    }
}

/// What a counter said at one moment. Never scaled.
public struct Reading: Sendable, Hashable {
    /// Counts since the counter was opened or reset.
    public var value: UInt64
    /// Nanoseconds since opening during which the event was enabled. A reset does not clear it.
    public var timeEnabled: UInt64
    /// Nanoseconds during which it was on a counter. Less than ``timeEnabled`` where the kernel shared the counter.
    public var timeRunning: UInt64
    /// The kernel's id of the event, where the read format asks for it.
    public var id: UInt64?
    /// Samples lost, where the read format asks for it.
    public var lost: UInt64?

    public init(value: UInt64, timeEnabled: UInt64, timeRunning: UInt64, id: UInt64? = nil, lost: UInt64? = nil) {
        self.value = value
        self.timeEnabled = timeEnabled
        self.timeRunning = timeRunning
        self.id = id
        self.lost = lost
    }

    /// Whether the event was on a counter whenever it was enabled. Only then is ``value`` a count of everything.
    public var isFullyScheduled: Bool { timeRunning == timeEnabled }

    /// An estimate for an event that shared its counter: value × enabled / running. Nil where it never ran.
    ///
    /// It supposes that the event came as often while it was not counted. No exact count ever uses it.
    public var scaledEstimate: Double? {
        timeRunning == 0 ? nil : Double(value) * (Double(timeEnabled) / Double(timeRunning))
    }
}

/// Where a read has what: the layout that a read format gives (perf_event_open(2), "Reading results").
struct ReadLayout {
    let format: ReadFormat

    /// Words of a read of `members` events.
    func words(members: Int) -> Int {
        format.contains(.group) ? 1 + timeWords + members * memberWords : members * (timeWords + memberWords)
    }

    var timeWords: Int { (format.contains(.timeEnabled) ? 1 : 0) + (format.contains(.timeRunning) ? 1 : 0) }
    /// Words of each member in the group layout: value, id, lost.
    var memberWords: Int { 1 + (format.contains(.id) ? 1 : 0) + (format.contains(.lost) ? 1 : 0) }

    /// The reading of `member`, from words whose number was checked with ``words(members:)``.
    func reading(ofMember member: Int, in words: UnsafeBufferPointer<UInt64>) -> Reading {
        // Group: { nr, enabled, running, { value, id, lost }[nr] }. Alone: { value, enabled, running, id, lost }.
        let isGroup = format.contains(.group)
        let times = 1
        let valueIndex = isGroup ? 1 + timeWords + member * memberWords : 0
        var next = isGroup ? valueIndex + 1 : 1 + timeWords
        var reading = Reading(value: words[valueIndex], timeEnabled: 0, timeRunning: 0)
        if format.contains(.timeEnabled) { reading.timeEnabled = words[times] }
        if format.contains(.timeRunning) { reading.timeRunning = words[times + timeWords - 1] }
        if format.contains(.id) {
            reading.id = words[next]
            next += 1
        }
        if format.contains(.lost) { reading.lost = words[next] }
        return reading
    }
}
