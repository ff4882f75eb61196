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
