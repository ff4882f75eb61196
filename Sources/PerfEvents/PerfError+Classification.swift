import SystemPackage

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

    /// EINVAL has many reasons; those that can be told from outside come first.
    private static func codeForInvalidOpen(_ context: CallContext, _ facts: PermissionFacts) -> Code {
        if let cpu = context.cpu, let online = facts.onlineCPUs, !online.contains(cpu) { return .offlineCPU }
        if let period = context.requestedPeriod, period < smallestSafePeriod || period > UInt64(Int64.max) {
            return .periodRefused
        }
        return .invalidAttributes
    }
}
