/// A look at brackets and strings alone, before a decoder sees the bytes: it tells a truncated file from one that never
/// was JSON, and refuses depths that a decoder could not bear.
enum JSONShape {
    /// What is wrong with the bytes as one JSON object, in a clause; nil where the brackets match.
    static func problem(_ bytes: [UInt8], depthLimit: Int) -> String? {
        guard let first = bytes.first(where: { !isBlank($0) }) else { return "it is empty" }
        guard first == UInt8(ascii: "{") else { return "it is not JSON" }
        var depth = 0
        var isInString = false
        var isEscaped = false
        for byte in bytes {
            if isInString {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isInString = false
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""): isInString = true
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                if depth > depthLimit { return "it is nested more than \(depthLimit) deep, as no report is" }
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                if depth < 0 { return "it is not JSON" }
            default: break
            }
        }
        return depth > 0 || isInString ? "it is truncated: it ends within the report" : nil
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 }
}
