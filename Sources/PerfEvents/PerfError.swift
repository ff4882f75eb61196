import SystemPackage

/// What went wrong, what the kernel said, and what to do about it, in one line of text.
public struct PerfError: Error, Sendable, Hashable {
    /// The kind of failure, for programs.
    public let code: Code
    /// What was tried.
    public let operation: Operation
    /// What it was tried on: the event, and where it was to count.
    public let subject: String
    /// What the kernel answered; nil where the kernel did not refuse anything.
    public let errno: Errno?
    /// What that means here.
    public let explanation: String
    /// What to do; nil where nobody knows.
    public let suggestion: String?
    /// Which member of a group failed, from 0; nil outside groups.
    public internal(set) var groupMember: Int?

    public init(
        code: Code, operation: Operation, subject: String, errno: Errno? = nil, explanation: String,
        suggestion: String? = nil, groupMember: Int? = nil
    ) {
        self.code = code
        self.operation = operation
        self.subject = subject
        self.errno = errno
        self.explanation = explanation
        self.suggestion = suggestion
        self.groupMember = groupMember
    }

    /// What was tried when an error occurred.
    public enum Operation: String, Sendable, Hashable, CaseIterable {
        case open
        case enable
        case disable
        case reset
        case read
        case setPeriod = "set the period of"
        case identify = "ask for the id of"
        case deliverSignal = "deliver overflows by signal for"
        case map = "map the ring buffer of"
        case decode = "decode a record of"
        case encode = "find"
    }
}

extension PerfError: CustomStringConvertible {
    /// One line: what was tried, what the kernel said, what it means, what to do.
    public var description: String {
        var line = "cannot \(operation.rawValue) "
        if let groupMember { line += "member \(groupMember) of the group, " }
        line += subject
        if let errno { line += ": \(errno)" }
        line += ": \(explanation)"
        if let suggestion { line += "; \(suggestion)" }
        return line
    }
}

extension PerfError {
    /// The kind of a failure. More may be added: a `switch` over codes needs a `default`.
    public struct Code: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }
        public var description: String { rawValue }

        /// perf_event_paranoid, a missing capability or a security module says no.
        public static let permissionDenied = Code(rawValue: "permission-denied")
        /// A seccomp filter answers instead of the kernel.
        public static let blockedBySeccomp = Code(rawValue: "blocked-by-seccomp")
        /// This kernel has no perf events.
        public static let notBuiltIn = Code(rawValue: "not-built-in")
        /// The kernel offers no core PMU here.
        public static let noPMU = Code(rawValue: "no-pmu")
        /// There is a PMU, and it does not have this event, or not with these attributes.
        public static let eventUnsupported = Code(rawValue: "event-unsupported")
        /// The event counts, but cannot interrupt.
        public static let samplingUnsupported = Code(rawValue: "sampling-unsupported")
        /// A guest has the counters, and the event would count guests too.
        public static let lentToGuests = Code(rawValue: "lent-to-guests")
        /// Another user holds the counter exclusively.
        public static let counterInUse = Code(rawValue: "counter-in-use")
        public static let tooManyOpenFiles = Code(rawValue: "too-many-open-files")
        /// All breakpoint registers are taken.
        public static let breakpointSlots = Code(rawValue: "breakpoint-slots")
        public static let periodRefused = Code(rawValue: "period-refused")
        /// The attributes contradict each other, or the kernel is too old for one of them.
        public static let invalidAttributes = Code(rawValue: "invalid-attributes")
        public static let offlineCPU = Code(rawValue: "offline-cpu")
        public static let noSuchThread = Code(rawValue: "no-such-thread")
        /// A ring buffer beyond what the user may lock in memory.
        public static let memoryLocked = Code(rawValue: "memory-locked")
        public static let outOfMemory = Code(rawValue: "out-of-memory")
        /// A pinned event that did not get its counter: the kernel reads as end of file.
        public static let notScheduled = Code(rawValue: "not-scheduled")
        /// The kernel returned fewer bytes than the read format says.
        public static let shortRead = Code(rawValue: "short-read")
        /// The event was not on a counter all the time, and the exact count was asked for.
        public static let multiplexed = Code(rawValue: "multiplexed")
        /// A record in a ring buffer that cannot be what it says.
        public static let malformedRecord = Code(rawValue: "malformed-record")
        /// An error that none of these names.
        public static let other = Code(rawValue: "other")
    }
}

/// What a system call was made with, as far as its error depends on it.
struct CallContext {
    var operation: PerfError.Operation
    var attributes: EventAttributes
    var thread: Int32 = 0
    var cpu: Int?
    /// For ``PerfError/Operation/setPeriod`` the period asked for.
    var period: UInt64?

    /// The event, and where it was to count.
    var subject: String {
        var subject = attributes.event.description
        if let period { subject += " to \(period)" }
        if thread > 0 { subject += " for thread \(thread)" }
        if let cpu { subject += " on CPU \(cpu)" }
        return subject
    }

    /// The period that this call would set.
    var requestedPeriod: UInt64? { period ?? attributes.samplePeriod }
}

extension PerfError {
    /// Haswell and later refuse periods below this for some events: 128 for a few with PEBS constraints, 32 for others
    /// since 6.11 (`hsw_limit_period`, `bdw_limit_period`, arch/x86/events/intel/core.c; rr issues 3848 and 3949).
    static let smallestSafePeriod: UInt64 = 128

    /// The error for an answer of -`errno`.
    init(_ errno: Errno, in context: CallContext, facts: PermissionFacts) {
        let code = Self.code(for: errno, in: context, facts: facts)
        let advice = Advice(for: code, errno: errno, in: context, facts: facts)
        self.init(
            code: code, operation: context.operation, subject: context.subject, errno: errno,
            explanation: advice.explanation, suggestion: advice.suggestion)
    }

    /// An error of ours, where the kernel refused nothing.
    init(_ code: Code, in context: CallContext, facts: PermissionFacts = PermissionFacts()) {
        let advice = Advice(for: code, errno: nil, in: context, facts: facts)
        self.init(
            code: code, operation: context.operation, subject: context.subject, errno: nil,
            explanation: advice.explanation, suggestion: advice.suggestion)
    }

    /// The error codes that mean the same whatever was asked. (perf_event_open(2), kernel/events/core.c.)
    private static let plainCodes: [Errno: Code] = [
        .resourceBusy: .counterInUse,
        .tooManyOpenFiles: .tooManyOpenFiles,
        .tooManyOpenFilesInSystem: .tooManyOpenFiles,
        .noSuchProcess: .noSuchThread,
        .operationNotSupportedByDevice: .offlineCPU,
        .noMemory: .outOfMemory,
        .argListTooLong: .invalidAttributes,
        .noSuchAddressOrDevice: .eventUnsupported,
    ]

    static func code(for errno: Errno, in context: CallContext, facts: PermissionFacts) -> Code {
        switch (errno, context.operation) {
        case (.notPermitted, .map), (.noMemory, .map):
            return .memoryLocked
        case (.invalidArgument, .setPeriod):
            return .periodRefused
        case (.permissionDenied, _), (.notPermitted, _):
            return isFiltersDoing(errno, context, facts) ? .blockedBySeccomp : .permissionDenied
        case (.noFunction, _):
            return facts.isFiltered ? .blockedBySeccomp : .notBuiltIn
        case (.noSuchFileOrDirectory, .open):
            return context.attributes.event.needsCorePMU && facts.corePMUs.isEmpty ? .noPMU : .eventUnsupported
        case (.notSupported, .open) where isLentToGuests(context, facts):
            return .lentToGuests
        case (.notSupported, .open):
            return context.attributes.samplePeriod == nil ? .eventUnsupported : .samplingUnsupported
        case (.noSpace, .open) where context.attributes.event.isBreakpoint:
            return .breakpointSlots
        case (.noSpace, .read):
            return .shortRead
        case (.invalidArgument, .open):
            return codeForInvalidOpen(context, facts)
        default:
            return plainCodes[errno] ?? .other
        }
    }

    /// The kernel's own refusal of an unprivileged user is EACCES; EPERM or a refusal of someone privileged comes from
    /// a filter where there is one (the default profiles of Docker and Podman answer EPERM).
    private static func isFiltersDoing(_ errno: Errno, _ context: CallContext, _ facts: PermissionFacts) -> Bool {
        facts.isFiltered && context.operation == .open && (errno == .notPermitted || facts.hasPerformanceMonitoring)
    }

    /// mediated_pmu_account_event() in kernel/events/core.c (kernel commit eff95e170275): events of the core PMU that do not
    /// exclude guests are refused from the creation of the first guest with a PMU to the end of the last.
    private static func isLentToGuests(_ context: CallContext, _ facts: PermissionFacts) -> Bool {
        facts.lendingModule != nil && context.attributes.event.needsCorePMU && !context.attributes.excludesGuest
    }

    /// EINVAL has many reasons; those that can be told from outside come first.
    private static func codeForInvalidOpen(_ context: CallContext, _ facts: PermissionFacts) -> Code {
        if let cpu = context.cpu, let online = facts.onlineCPUs, !online.contains(cpu) { return .offlineCPU }
        if let period = context.requestedPeriod, period < smallestSafePeriod || period > UInt64(Int64.max) {
            return .periodRefused
        }
        return .invalidAttributes
    }
}
