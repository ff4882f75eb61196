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
