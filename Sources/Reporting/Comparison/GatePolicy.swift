import Diagnosis
import PerfEvents

/// Faults that a gate lets pass for a while, because someone has decided so and said why.
public struct GatePolicy: Sendable, Hashable {
    public var accept: [Acceptance]

    /// One entry. A fault passes if any entry for it holds: `until` has not passed, and the fault is no larger than
    /// `atMost`.
    public struct Acceptance: Codable, Sendable, Hashable {
        public var fault: Fault
        /// The last day on which the entry holds, "2027-03-31", UTC.
        public var until: String
        /// The largest size that is accepted, in counts (`size.max` of the finding); at least 1.
        public var atMost: UInt64
        public var because: String

        func holds(for finding: Finding, on today: String) -> Bool {
            fault == finding.fault && until >= today && finding.size.max <= atMost
        }
    }

    public static let none = GatePolicy(accept: [])

    /// - Throws: `GatePolicyError` with the line of the mistake. Names that there are not are mistakes, too: a mistyped
    ///   one must not change what is accepted.
    public init(decoding bytes: [UInt8]) throws(GatePolicyError) {
        if let problem = JSONShape.problem(bytes, of: "policy", depthLimit: 8) { throw GatePolicyError(nil, problem) }
        guard (try? ReportJSON.decode(JSONValue.self, from: bytes)) != nil else {
            throw GatePolicyError(nil, "it is not JSON")
        }
        let members = try PolicyMembers(PolicyJSON.read(bytes), known: ["accept"])
        guard case .array(let values)? = members["accept"] else {
            throw GatePolicyError(members.line, "a policy is { \"accept\": [ ... ] }, and this has no list \"accept\"")
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

    private static func acceptance(_ value: PolicyJSON) throws(GatePolicyError) -> Acceptance {
        let members = try PolicyMembers(value, known: ["fault", "until", "atMost", "because"])
        let fault = try members.text("fault")
        let names = Fault.allCases.map(\.rawValue)
        guard names.contains(fault) else {
            let near = NearNames.of(fault, among: names)
            throw GatePolicyError(
                members.line,
                "there is no fault \"\(fault)\"\(near.isEmpty ? "" : "; did you mean \(near.joined(separator: " or "))?")"
                    + " (truecount explain lists them)")
        }
        let until = try members.text("until")
        guard isDay(until) else {
            throw GatePolicyError(members.line, "\"until\": \"\(until)\" is no day of the calendar, such as 2027-03-31")
        }
        guard case .number(let digits)? = members["atMost"], let atMost = UInt64(digits), atMost > 0 else {
            throw GatePolicyError(
                members.line, "\"atMost\" is missing or no number from 1 on: the largest size to accept, in counts")
        }
        return Acceptance(
            fault: Fault(rawValue: fault), until: until, atMost: atMost, because: try members.text("because"))
    }

    /// Days written so sort as text.
    private static func isDay(_ text: String) -> Bool {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.map(\.utf8.count) == [4, 2, 2], text.utf8.allSatisfy({ $0 == 0x2D || (0x30...0x39).contains($0) }),
            let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2]), (1...12).contains(month)
        else { return false }
        let isLeapYear = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let lengths = [31, isLeapYear ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        return (1...lengths[month - 1]).contains(day)
    }
}

/// What is wrong with a policy: a clause with its line, without the file's name.
public struct GatePolicyError: Error, Sendable, Hashable, CustomStringConvertible {
    public var description: String

    init(_ line: Int?, _ problem: String) {
        description = printable((line.map { "line \($0): " } ?? "") + problem)
    }
}

/// The members of an object of a policy, each of which stands once and has a known name.
private struct PolicyMembers {
    /// Where the object begins.
    let line: Int
    private let values: [String: PolicyJSON]

    init(_ value: PolicyJSON, known: [String]) throws(GatePolicyError) {
        guard case .object(let line, let members) = value else {
            throw GatePolicyError(nil, "\"accept\" holds something that is not { \"fault\": ... }")
        }
        var values: [String: PolicyJSON] = [:]
        for member in members {
            guard known.contains(member.name) else {
                throw GatePolicyError(
                    member.line, "there is no \"\(member.name)\" here, only \(known.joined(separator: ", "))")
            }
            guard values.updateValue(member.value, forKey: member.name) == nil else {
                throw GatePolicyError(member.line, "\"\(member.name)\" stands twice in one object")
            }
        }
        (self.line, self.values) = (line, values)
    }

    subscript(name: String) -> PolicyJSON? { values[name] }

    func text(_ name: String) throws(GatePolicyError) -> String {
        guard case .string(let text)? = values[name], text.contains(where: { !$0.isWhitespace }) else {
            throw GatePolicyError(line, "an entry has no \"\(name)\"")
        }
        return text
    }
}

/// JSON with lines and with every member, those that stand twice included: decoders keep neither.
private indirect enum PolicyJSON {
    struct Member {
        var name: String
        var line: Int
        var value: PolicyJSON
    }

    case object(line: Int, [Member])
    case array([PolicyJSON])
    case string(String)
    case number(String)
    /// `true`, `false` or `null`, none of which a policy has.
    case word

    /// - Parameter bytes: JSON that a decoder has read, and of a depth that recursion bears.
    static func read(_ bytes: [UInt8]) -> PolicyJSON {
        var reader = Reader(bytes: bytes)
        return reader.value()
    }

    private struct Reader {
        let bytes: [UInt8]
        var place = 0
        var line = 1

        /// The next byte that is neither blank, comma nor colon; 0 at the end.
        mutating func next() -> UInt8 {
            while place < bytes.count {
                switch bytes[place] {
                case 0x0A: line += 1
                case 0x09, 0x0D, 0x20, UInt8(ascii: ","), UInt8(ascii: ":"): break
                default: return bytes[place]
                }
                place += 1
            }
            return 0
        }

        mutating func value() -> PolicyJSON {
            switch next() {
            case UInt8(ascii: "{"): return object()
            case UInt8(ascii: "["): return .array(items(until: UInt8(ascii: "]")) { $0.value() })
            case UInt8(ascii: "\""): return .string(string())
            default:
                let word = bytes[place...].prefix { !" \t\r\n,]}".utf8.contains($0) }
                place += max(1, word.count)
                return word.first.map { $0 >= 0x61 } ?? true ? .word : .number(String(decoding: word, as: UTF8.self))
            }
        }

        private mutating func object() -> PolicyJSON {
            let start = line
            let members = items(until: UInt8(ascii: "}")) { reader in
                let line = reader.line
                return Member(name: reader.string(), line: line, value: reader.value())
            }
            return .object(line: start, members)
        }

        private mutating func items<Item>(until end: UInt8, _ item: (inout Reader) -> Item) -> [Item] {
            var items: [Item] = []
            place += 1
            while place < bytes.count {
                if next() == end {
                    place += 1
                    break
                }
                items.append(item(&self))
            }
            return items
        }

        private mutating func string() -> String {
            let start = place
            place += 1
            while place < bytes.count, bytes[place] != UInt8(ascii: "\"") {
                place += bytes[place] == UInt8(ascii: "\\") ? 2 : 1
            }
            place = min(place + 1, bytes.count)
            return (try? ReportJSON.decode(String.self, from: Array(bytes[start..<place]))) ?? ""
        }
    }
}
