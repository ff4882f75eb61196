/// Text from outside as GitHub's Markdown shows it: nothing in it formats, links, mentions or is HTML.
enum MarkdownText {
    static func escaped(_ text: String) -> String {
        var result = ""
        for character in printable(text) {
            switch character {
            case "\\", "`", "*", "_", "[", "]", "|", "#", "~", "!", "$": result += "\\\(character)"
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            // A word joiner breaks a mention and an autolink, and is not seen: neither has an escape.
            case "@": result += "@\u{2060}"
            default: result.append(character)
            }
        }
        return broken(broken(result, after: ":", before: "//"), after: "www", before: ".")
    }

    /// A code span: its fence is longer than any run of backticks in it (CommonMark 6.1).
    static func code(_ text: String) -> String {
        let text = printable(text)
        let longest = text.split(whereSeparator: { $0 != "`" }).map(\.count).max() ?? 0
        let fence = String(repeating: "`", count: longest + 1)
        let blank = longest > 0 ? " " : ""
        return fence + blank + text + blank + fence
    }

    /// - Parameter rows: Cells as they came from outside.
    static func table(_ heading: [String], _ rows: [[String]]) -> String {
        ([heading, heading.map { _ in "---" }] + rows.map { $0.map(escaped) })
            .map { "| " + $0.joined(separator: " | ") + " |" }.joined(separator: "\n")
    }

    private static func broken(_ text: String, after first: String, before second: String) -> String {
        text.split(separator: first + second, omittingEmptySubsequences: false)
            .joined(separator: "\(first)\u{2060}\(second)")
    }
}
