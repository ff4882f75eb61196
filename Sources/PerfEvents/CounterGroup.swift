import CPerf

/// Events that are on the PMU together or not at all, and are read in one system call.
///
/// Built all or nothing: an error names the member that could not be opened. Since Linux 6.16 a throttled member stops
/// the whole group (9734e25fbf5a), so keep an event that samples out of the group of one that measures.
public struct CounterGroup: ~Copyable, Sendable {
    /// The first member, which stands for the group. Not to be read alone: the kernel answers it with all members.
    private let leader: Counter
    private let followers: [CInt]

    /// Opens all members.
    ///
    /// - Parameters:
    ///   - members: At least one; the first is the leader. All get the layout of a group read, and all but the leader
    ///     start enabled, so that the leader alone switches the group.
    ///   - thread: As in ``Counter/init(_:thread:cpu:)``.
    ///   - cpu: As there.
    /// - Throws: ``PerfError`` with ``PerfError/groupMember`` set.
    public init(_ members: [EventAttributes], thread: Int32 = 0, cpu: Int? = nil) throws(PerfError) {
        try self.init(members, thread: thread, cpu: cpu, calls: .kernel)
    }

    init(_ members: [EventAttributes], thread: Int32 = 0, cpu: Int? = nil, calls: SystemCalls) throws(PerfError) {
        guard let first = members.first else {
            throw PerfError(
                code: .invalidAttributes, operation: .open, subject: "a group",
                explanation: "it has no members", suggestion: "name at least one event")
        }
        // One layout for all: the kernel builds the group's read from the leader's read format.
        let format = members.reduce(ReadFormat.bothTimes.union(.group)) { $0.union($1.readFormat) }
        let leader: Counter
        do throws(PerfError) {
            leader = try Counter(Self.member(first, format), thread: thread, cpu: cpu, calls: calls)
        } catch {
            throw Self.naming(0, error)
        }
        var followers: [CInt] = []
        for (index, attributes) in members.enumerated().dropFirst() {
            var member = Self.member(attributes, format)
            member.startsDisabled = false
            do throws(PerfError) {
                followers.append(
                    try Counter.open(
                        member, thread: thread, cpu: cpu, leader: leader.descriptor, calls: calls))
            } catch {
                for follower in followers { _ = calls.close(follower) }
                throw Self.naming(index, error)
            }
        }
        self.leader = leader
        self.followers = followers
    }

    deinit {
        for follower in followers { _ = leader.calls.close(follower) }
    }

    /// Number of members.
    public var count: Int { 1 + followers.count }

    /// The descriptor of a member, borrowed; nil where there is none of that index.
    public func descriptor(ofMember index: Int) -> CInt? {
        if index == 0 { return leader.descriptor }
        return followers.indices.contains(index - 1) ? followers[index - 1] : nil
    }

    /// Starts all members at once.
    public func enable() throws(PerfError) { try leader.enable() }

    /// Stops all members at once.
    public func disable() throws(PerfError) { try leader.disable() }

    /// Sets all counts to 0. As with ``Counter/reset()``, the times stay.
    public func reset() throws(PerfError) {
        let result = leader.calls.control(leader.descriptor, CPERF_EVENT_RESET, 1)
        if result < 0 { throw leader.failure(errno: -result, .reset) }
    }

    /// Reads all members at one moment, in the order they were given. The times are the group's.
    ///
    /// - Throws: as ``Counter/read()``.
    public func read() throws(PerfError) -> [Reading] {
        let layout = ReadLayout(format: leader.attributes.readFormat)
        let words = layout.words(members: count)
        let answer = withUnsafeTemporaryAllocation(of: UInt64.self, capacity: words) {
            buffer -> Result<[Reading], PerfError> in
            guard let base = buffer.baseAddress else { return .failure(leader.failure(.shortRead, .read)) }
            let size = leader.calls.read(leader.descriptor, base, words * MemoryLayout<UInt64>.size)
            if case .failure(let error) = leader.checkedSize(size, words: words) { return .failure(error) }
            // The first word is the number of members the kernel has; a closed one would be missing.
            guard buffer[0] == UInt64(count) else { return .failure(leader.failure(.shortRead, .read)) }
            return .success(
                (0..<count).map { layout.reading(ofMember: $0, in: UnsafeBufferPointer(buffer)) })
        }
        return try answer.get()
    }

    private static func member(_ attributes: EventAttributes, _ format: ReadFormat) -> EventAttributes {
        var attributes = attributes
        attributes.readFormat = format
        return attributes
    }

    private static func naming(_ member: Int, _ error: PerfError) -> PerfError {
        var error = error
        error.groupMember = member
        return error
    }
}
