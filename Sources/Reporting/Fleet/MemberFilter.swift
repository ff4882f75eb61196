/// Reads a JSON object piece by piece and keeps a few of its members, byte for byte. The others, such as a report's
/// runs of a megabyte, go by without being stored: what is held in memory does not depend on the size of a file.
///
/// Of what goes by, brackets and strings are checked and nothing else, as `JSONShape` does: a number written wrongly in
/// a run is not noticed.
struct MemberFilter {
    /// Why a file is no report: a clause, as `JSONShape` has them.
    struct Problem: Error, Hashable {
        var clause: String

        static let notJSON = Problem(clause: "it is not JSON")
        static let empty = Problem(clause: "it is empty")
        static let truncated = Problem(clause: "it is truncated: it ends within the report")
        static let tooDeep = Problem(
            clause: "it is nested more than \(ReportFile.depthLimit) deep, as no report is")
        static let tooLarge = Problem(
            clause: "what it says beside its runs is larger than \(MemberFilter.limit >> 20) MiB")
    }

    /// Bytes that the kept members may have together; a default diagnosis has four thousand.
    static let limit = 1 << 20
    /// Names in a report are shorter; what is longer is none of them.
    private static let longestName = 64

    private enum State {
        case start, name, insideName, colon, value, insideValue, scalar, afterValue, end
    }

    private let kept: Set<[UInt8]>
    private var state = State.start
    /// Bytes of the member's name, with its escapes as they stand.
    private var name: [UInt8] = []
    private var isKept = false
    private var isFirst = true
    private var isInString = false
    private var isEscaped = false
    /// Brackets that are open within the member, and of each whether it is a square one, the innermost lowest.
    private var depth = 0
    private var squares: UInt64 = 0
    /// The kept members as an object of their own, still without its last bracket.
    private var output: [UInt8] = [UInt8(ascii: "{")]

    init(keeping names: [String]) { kept = Set(names.map { Array($0.utf8) }) }

    /// - Throws: `Problem` as soon as it is certain.
    mutating func feed(_ bytes: UnsafeBufferPointer<UInt8>) throws(Problem) {
        var index = 0
        while index < bytes.count {
            switch state {
            case .insideValue: try passValue(bytes, &index)
            case .insideName: passName(bytes, &index)
            case .scalar: try passScalar(bytes, &index)
            default:
                let byte = bytes[index]
                index += 1
                if !Self.isBlank(byte) { try step(byte) }
            }
        }
    }

    /// The kept members as a JSON object, once all bytes have been fed.
    ///
    /// - Throws: `Problem`.
    func finished() throws(Problem) -> [UInt8] {
        switch state {
        case .end: return output + [UInt8(ascii: "}")]
        case .start: throw .empty
        default: throw .truncated
        }
    }

    /// What stands between names and values.
    private mutating func step(_ byte: UInt8) throws(Problem) {
        switch (state, byte) {
        case (.start, UInt8(ascii: "{")): state = .name
        case (.name, UInt8(ascii: "\"")):
            name.removeAll(keepingCapacity: true)
            isEscaped = false
            state = .insideName
        case (.name, UInt8(ascii: "}")) where isFirst: state = .end
        case (.colon, UInt8(ascii: ":")): state = .value
        case (.value, _): try beginValue(byte)
        case (.afterValue, UInt8(ascii: ",")):
            isFirst = false
            state = .name
        case (.afterValue, UInt8(ascii: "}")): state = .end
        default: throw .notJSON
        }
    }

    private mutating func passName(_ bytes: UnsafeBufferPointer<UInt8>, _ index: inout Int) {
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            if isEscaped {
                isEscaped = false
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else if byte == UInt8(ascii: "\"") {
                state = .colon
                return
            }
            if name.count <= Self.longestName { name.append(byte) }
        }
    }

    private mutating func beginValue(_ byte: UInt8) throws(Problem) {
        // A name with an escape in it may be any: the decoder tells.
        isKept = name.count <= Self.longestName && (kept.contains(name) || name.contains(UInt8(ascii: "\\")))
        if isKept {
            if output.count > 1 { output.append(UInt8(ascii: ",")) }
            output += [UInt8(ascii: "\"")] + name + [UInt8(ascii: "\""), UInt8(ascii: ":"), byte]
        }
        (depth, squares, isInString, isEscaped) = (0, 0, false, false)
        switch byte {
        case UInt8(ascii: "\""): (isInString, state) = (true, .insideValue)
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            try open(byte)
            state = .insideValue
        case UInt8(ascii: ","), UInt8(ascii: "}"), UInt8(ascii: "]"), UInt8(ascii: ":"): throw .notJSON
        default: state = .scalar
        }
    }

    /// Numbers, true, false and null end where something else begins.
    private mutating func passScalar(_ bytes: UnsafeBufferPointer<UInt8>, _ index: inout Int) throws(Problem) {
        let from = index
        while index < bytes.count, !Self.isBlank(bytes[index]), bytes[index] != UInt8(ascii: ","),
            bytes[index] != UInt8(ascii: "}")
        {
            index += 1
        }
        try keep(bytes, from, index)
        if index < bytes.count { state = .afterValue }
    }

    private mutating func passValue(_ bytes: UnsafeBufferPointer<UInt8>, _ start: inout Int) throws(Problem) {
        var index = start
        defer { start = index }
        while index < bytes.count {
            if isInString {
                index = passString(bytes, index)
            } else {
                let byte = bytes[index]
                index += 1
                switch byte {
                case UInt8(ascii: "\""): isInString = true
                case UInt8(ascii: "{"), UInt8(ascii: "["): try open(byte)
                case UInt8(ascii: "}"), UInt8(ascii: "]"): try close(byte)
                default: continue
                }
            }
            if depth == 0, !isInString {
                try keep(bytes, start, index)
                state = .afterValue
                return
            }
        }
        try keep(bytes, start, index)
    }

    /// - Returns: Where the string ends, or the bytes do.
    private mutating func passString(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int) -> Int {
        var index = start
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            if isEscaped {
                isEscaped = false
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else if byte == UInt8(ascii: "\"") {
                isInString = false
                return index
            }
        }
        return index
    }

    private mutating func open(_ byte: UInt8) throws(Problem) {
        depth += 1
        // The object around all members is one level itself.
        guard depth < ReportFile.depthLimit else { throw .tooDeep }
        squares = squares << 1 | (byte == UInt8(ascii: "[") ? 1 : 0)
    }

    private mutating func close(_ byte: UInt8) throws(Problem) {
        guard (squares & 1 == 1) == (byte == UInt8(ascii: "]")) else { throw .notJSON }
        depth -= 1
        squares >>= 1
    }

    private mutating func keep(_ bytes: UnsafeBufferPointer<UInt8>, _ from: Int, _ to: Int) throws(Problem) {
        guard isKept, from < to else { return }
        guard output.count + to - from <= Self.limit else { throw .tooLarge }
        output += bytes[from..<to]
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 }
}
