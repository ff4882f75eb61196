/// A piece of a command's help: text that may be filled anew, or lines that stay as they are.
enum DiscussionBlock: Hashable {
    case paragraph(String)
    case verbatim([String])

    /// In help, what stays as it is is set in by two spaces.
    static func blocks(of text: String) -> [DiscussionBlock] {
        var blocks: [DiscussionBlock] = []
        var isNew = true
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            switch (blocks.last, line.hasPrefix("  ")) {
            case _ where line.isEmpty:
                isNew = true
                continue
            case (.verbatim(let lines)?, true) where !isNew:
                blocks[blocks.count - 1] = .verbatim(lines + [String(line.dropFirst(2))])
            case (_, true): blocks.append(.verbatim([String(line.dropFirst(2))]))
            case (.paragraph(let start)?, false) where !isNew:
                blocks[blocks.count - 1] = .paragraph("\(start) \(line)")
            default: blocks.append(.paragraph(String(line)))
            }
            isNew = false
        }
        return blocks
    }
}
