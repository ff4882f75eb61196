/// Why a name could not be turned into an event. The text says what was tried, what libpfm4 or the kernel's
/// files said, and what to do.
public struct EventNameError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What went wrong, in one word. More may come.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Value: String, Sendable, Hashable {
            case libraryUnavailable, unknownEvent, unknownPMU, unknownAttribute, malformed, absentPMU
            case scopeModifier, countsNothing, unknownCPU, unsupportedCPU, kernelTooOld, noProcessorInformation
        }

        private let value: Value
        public var description: String { value.rawValue }

        /// libpfm4 did not initialise.
        public static let libraryUnavailable = Code(value: .libraryUnavailable)
        /// No PMU of this machine has an event of this name.
        public static let unknownEvent = Code(value: .unknownEvent)
        /// Neither libpfm4 nor sysfs has a PMU of this name.
        public static let unknownPMU = Code(value: .unknownPMU)
        /// The event exists; one of its unit masks, modifiers or terms does not, or has a value out of range.
        public static let unknownAttribute = Code(value: .unknownAttribute)
        /// The text is no event name at all.
        public static let malformed = Code(value: .malformed)
        /// libpfm4 knows the PMU, but this CPU is another one.
        public static let absentPMU = Code(value: .absentPMU)
        /// The name asks for something else than this thread's user space (`:k`, `:h`, `:mg`, `:mh`).
        public static let scopeModifier = Code(value: .scopeModifier)
        /// The encoding excludes user space, so it would count nothing.
        public static let countsNothing = Code(value: .countsNothing)
        /// No table knows this CPU.
        public static let unknownCPU = Code(value: .unknownCPU)
        /// The table knows this CPU: it has no exact event for conditional branches.
        public static let unsupportedCPU = Code(value: .unsupportedCPU)
        /// The kernel masks bits that the event needs.
        public static let kernelTooOld = Code(value: .kernelTooOld)
        /// `/proc/cpuinfo` is missing or has no such CPU.
        public static let noProcessorInformation = Code(value: .noProcessorInformation)
    }

    public var code: Code
    /// What was asked for, as typed.
    public var name: String
    /// What was tried and what was said.
    public var reason: String
    /// What to do, in the imperative. Never empty.
    public var advice: String
    /// Existing names close to the one asked for, best first, at most three.
    public var nearNames: [String]

    public init(_ code: Code, name: String, reason: String, advice: String, nearNames: [String] = []) {
        self.code = code
        self.name = name
        self.reason = reason
        self.advice = advice
        self.nearNames = nearNames
    }

    public var description: String {
        var text = "\(name.isEmpty ? "the empty name" : name): \(reason)"
        text += nearNames.isEmpty ? "." : "; did you mean \(nearNames.joined(separator: ", "))?"
        return "\(text) \(advice)"
    }
}
