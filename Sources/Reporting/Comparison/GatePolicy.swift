import FoundationEssentials

/// Faults that a gate lets through for a while, because someone has decided so and said why.
public struct GatePolicy: Sendable, Hashable {
    public var accept: [Acceptance]

    public struct Acceptance: Sendable, Hashable {
        /// Slug of the fault.
        public var fault: String
        /// The last day on which it is accepted, "2027-03-31", UTC.
        public var until: String
        public var because: String
        /// The largest size that is accepted, in counts; any where absent.
        public var atMost: UInt64?
    }

    public static let none = GatePolicy(accept: [])

    /// - Throws: `GatePolicyError`, also for names that there are not: a mistyped one must not accept everything.
    public init(decoding bytes: [UInt8]) throws(GatePolicyError) {
        if let problem = JSONShape.problem(bytes, depthLimit: 8) { throw GatePolicyError(problem) }
        guard let value = try? ReportJSON.decode(JSONValue.self, from: bytes), case .object(let members) = value else {
            throw GatePolicyError("it is not JSON")
        }
        try Self.check(members, known: ["accept"])
        guard case .array(let values)? = members["accept"] else {
            throw GatePolicyError("it has no list \"accept\"")
        }
        accept = []
        for value in values { accept.append(try Self.acceptance(value)) }
    }

    /// - Throws: `ReportFileError`, with the file's name and one line.
    public static func read(_ path: String) throws(ReportFileError) -> GatePolicy {
        let bytes = try ReportFile.bytes(path, limit: 1 << 20)
        do throws(GatePolicyError) {
            return try GatePolicy(decoding: bytes)
        } catch {
            throw ReportFileError(path, error.description)
        }
    }

    private init(accept: [Acceptance]) { self.accept = accept }

    private static func acceptance(_ value: JSONValue) throws(GatePolicyError) -> Acceptance {
        guard case .object(let members) = value else { throw GatePolicyError("\"accept\" holds what is no object") }
        try check(members, known: ["fault", "until", "because", "atMost"])
        func text(_ name: String) throws(GatePolicyError) -> String {
            guard case .string(let text)? = members[name], !text.isEmpty else {
                throw GatePolicyError("an entry of \"accept\" has no \"\(name)\"")
            }
            return text
        }
        let until = try text("until")
        guard isDay(until) else { throw GatePolicyError("\"until\": \"\(until)\" is no day such as 2027-03-31") }
        var atMost: UInt64?
        switch members["atMost"] {
        case nil: break
        case .signed(let value)? where value >= 0: atMost = UInt64(value)
        default: throw GatePolicyError("\"atMost\" is no number of counts")
        }
        return Acceptance(fault: try text("fault"), until: until, because: try text("because"), atMost: atMost)
    }

    private static func check(_ members: [String: JSONValue], known: Set<String>) throws(GatePolicyError) {
        if let name = members.keys.sorted().first(where: { !known.contains($0) }) {
            throw GatePolicyError("there is nothing called \"\(name)\" in a policy")
        }
    }

    /// Days written so sort as text.
    private static func isDay(_ text: String) -> Bool {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.map(\.utf8.count) == [4, 2, 2], text.utf8.allSatisfy({ $0 == 0x2D || (0x30...0x39).contains($0) }),
            let month = Int(parts[1]), let day = Int(parts[2])
        else { return false }
        return (1...12).contains(month) && (1...31).contains(day)
    }
}

/// What is wrong with a policy: a clause without the file's name.
public struct GatePolicyError: Error, Sendable, Hashable, CustomStringConvertible {
    public var description: String

    init(_ description: String) { self.description = printable(description) }
}
