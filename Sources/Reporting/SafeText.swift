/// The text with nothing in it that a terminal obeys.
///
/// Names of CPUs, hypervisors and files come from outside, and a control character among them could move the cursor,
/// change colours or hide a line. Replaced are the control characters of ASCII and Latin-1 (ECMA-48), line and
/// paragraph separators, and the marks that turn the direction of writing (CVE-2021-42574).
public func printable(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: commandsTerminal) else { return text }
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars { result.append(commandsTerminal(scalar) ? "?" : scalar) }
    return String(result)
}

private func commandsTerminal(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x00...0x1F, 0x7F...0x9F, 0x061C, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069: true
    default: false
    }
}

/// The text as content or attribute value of HTML and XML.
///
/// The five characters that both give a meaning (WHATWG HTML 13.1, XML 1.0 section 2.4) are escaped. Those that a terminal
/// obeys become question marks, since pages are copied from, and so do those that XML cannot hold, escaped or not (2.2).
func markupEscaped(_ text: String) -> String {
    var result = ""
    for scalar in printable(text).unicodeScalars {
        switch scalar {
        case "&": result += "&amp;"
        case "<": result += "&lt;"
        case ">": result += "&gt;"
        case "\"": result += "&quot;"
        case "'": result += "&#39;"
        case "\u{FFFE}", "\u{FFFF}": result += "?"
        default: result.unicodeScalars.append(scalar)
        }
    }
    return result
}

/// A name that every test protocol takes for one word: LKFT, LAVA and KCIDB all keep histories by such names.
///
/// - Returns: The text with each run of anything but ASCII letters, digits, `-` and `_` made one `-`; "unnamed" for
///   nothing.
func slug(_ text: String) -> String {
    var result: [UInt8] = []
    for byte in text.utf8 {
        if isSlugByte(byte) { result.append(byte) } else if result.last != UInt8(ascii: "-") { result.append(0x2D) }
    }
    return result.isEmpty ? "unnamed" : String(decoding: result, as: UTF8.self)
}

func isSlugByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
        true
    default: false
    }
}
