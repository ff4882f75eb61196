import CLibpfm

/// Why a name could not be turned into an event. The text says what was tried, what libpfm4 or the kernel's
/// files said, and what to do.
public struct EventNameError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What went wrong, in one word. More may come.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Value: String, Sendable, Hashable {
            case libraryUnavailable, unknownEvent, unknownPMU, unknownAttribute, malformed, absentPMU, otherCPUs
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
        /// The event's PMU counts on other CPUs than the one that was asked for: another core type's.
        public static let otherCPUs = Code(value: .otherCPUs)
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

extension EventCatalog {
    /// The error for what libpfm4 answered, with the names that it might have been.
    func explain(_ status: Int32, name: String) -> EventNameError {
        let prefix = name.pmuPrefix
        let said = "libpfm4 said \"\(Self.message(status))\""
        let known = pmus
        // It makes libpfm4 deny every other model, not only this machine's.
        let forced = Self.environment["LIBPFM_FORCE_PMU"].map { " under LIBPFM_FORCE_PMU=\($0)" } ?? ""
        if let prefix {
            guard let pmu = known.first(where: { $0.name.lowercased() == prefix.lowercased() }) else {
                return EventNameError(
                    .unknownPMU, name: name, reason: "libpfm4 has no PMU \(prefix)" + forced,
                    advice: "List those it has: truecount list pmus.",
                    nearNames: NearNames.of(prefix, among: known.map(\.name)))
            }
            if !pmu.isPresent, !forced.isEmpty {
                return EventNameError(
                    .absentPMU, name: name, reason: "libpfm4 has no PMU \(prefix)" + forced,
                    advice: "Use a raw code such as r01c4, or unset the variable.")
            }
            if !pmu.isPresent, Self.environment["LIBPFM_ENCODE_INACTIVE"] == nil {
                return EventNameError(
                    .absentPMU, name: name, reason: "libpfm4 knows the PMU \(pmu.name), but this is another CPU",
                    advice: "Use a raw code such as r01c4, or set LIBPFM_ENCODE_INACTIVE=1 if the CPU is of that kind.")
            }
        }
        let searched =
            prefix.map { prefix in known.filter { $0.name.lowercased() == prefix.lowercased() } }
            ?? known.filter(\.isPresent)
        return explainWithin(searched, status: status, said: said, name: name)
    }

    private func explainWithin(
        _ searched: [PMUInfo], status: Int32, said: String, name: String
    ) -> EventNameError {
        let event = name.eventPart
        let events = searched.flatMap { self.events(of: $0) }
        if let known = events.first(where: { $0.name.lowercased() == event.lowercased() }) {
            let attributes = self.attributes(of: known)
            return EventNameError(
                .unknownAttribute, name: name, reason: said,
                advice: "\(known.name) has \(attributes.prefix(24).map(\.name).joined(separator: ", ")).",
                nearNames: name.attributeParts.flatMap { part in
                    attributes.contains { $0.name.lowercased() == part.lowercased() }
                        ? [] : NearNames.of(part, among: attributes.map(\.name))
                })
        }
        let models = searched.filter { $0.kind == .core }.map(\.name).joined(separator: ", ")
        return EventNameError(
            .unknownEvent, name: name,
            reason: models.isEmpty ? said + " and has no model of this CPU" : said + " in \(models)",
            advice: models.isEmpty
                ? "Use a raw code such as r01c4." : "List the events: truecount list events.",
            nearNames: NearNames.of(event, among: events.map(\.name)))
    }
}

extension String {
    /// "skl" of "skl::EVENT:UMASK".
    fileprivate var pmuPrefix: String? {
        splitAtPMU.pmu
    }

    fileprivate var eventPart: String {
        String(splitAtPMU.rest.prefix { $0 != ":" && $0 != "." })
    }

    fileprivate var attributeParts: [String] {
        splitAtPMU.rest.split(whereSeparator: { $0 == ":" || $0 == "." }).dropFirst().map { part in
            String(part.prefix { $0 != "=" })
        }
    }

    private var splitAtPMU: (pmu: String?, rest: Substring) {
        var index = startIndex
        while index < endIndex {
            let next = self.index(after: index)
            if self[index] == ":", next < endIndex, self[next] == ":" {
                return (String(self[..<index]), self[self.index(after: next)...])
            }
            index = next
        }
        return (nil, self[...])
    }

    func splitKeepingPMU(where isKept: (Substring) -> Bool) -> String {
        let (pmu, rest) = splitAtPMU
        let parts = rest.split(separator: ":", omittingEmptySubsequences: true).filter(isKept).joined(separator: ":")
        return pmu.map { "\($0)::\(parts)" } ?? parts
    }
}

/// Names close to a mistyped one.
package enum NearNames {
    /// A third of the letters wrong is a typing error; more is another name.
    private static let toleratedShare = 3
    private static let most = 3

    /// The candidates nearest to `name`, best first: those that hold it, then those a few letters away. Case does not
    /// count: libpfm4 ignores it.
    package static func of(_ name: String, among candidates: [String]) -> [String] {
        let wanted = Array(name.lowercased().utf8)
        guard !wanted.isEmpty else { return [] }
        let limit = max(1, wanted.count / toleratedShare)
        return
            candidates
            .map { (candidate: $0, distance: distance(to: $0, from: wanted, named: name.lowercased(), limit: limit)) }
            .filter { $0.distance <= limit }
            .sorted { ($0.distance, $0.candidate) < ($1.distance, $1.candidate) }
            .prefix(most)
            .map(\.candidate)
    }

    /// Part of a name is a short way to type it, and no mistake; a letter or two is no part.
    private static let shortestPart = 3

    private static func distance(to candidate: String, from wanted: [UInt8], named name: String, limit: Int) -> Int {
        let candidate = candidate.lowercased()
        if wanted.count >= shortestPart, candidate.contains(name) { return 0 }
        return distance(wanted, Array(candidate.utf8), limit: limit)
    }

    /// Levenshtein distance, or any number above `limit` once it is certain to exceed it.
    private static func distance(_ first: [UInt8], _ second: [UInt8], limit: Int) -> Int {
        guard abs(first.count - second.count) <= limit else { return limit + 1 }
        var previous = Array(0...second.count)
        for (row, letter) in first.enumerated() {
            var current = [row + 1]
            current.reserveCapacity(second.count + 1)
            for (column, other) in second.enumerated() {
                current.append(
                    min(
                        previous[column] + (letter == other ? 0 : 1),
                        previous[column + 1] + 1,
                        current[column] + 1))
            }
            previous = current
        }
        return previous[second.count]
    }
}
