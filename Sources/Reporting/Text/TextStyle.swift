import Diagnosis

/// How text is laid out for the one who reads it.
public struct TextStyle: Sendable, Hashable {
    /// Columns to stay within; nil for a pipe or a file, where a broken line only hinders grep(1).
    public var width: Int?
    public var usesColour: Bool

    public init(width: Int? = nil, usesColour: Bool = false) {
        self.width = width
        self.usesColour = usesColour
    }

    public static let plain = TextStyle()

    /// Narrower terminals get lines as wide as this: less cannot be read anyway.
    static let minimumWidth = 40
    /// Wider ones too: the eye does not find back to the start of longer lines.
    static let maximumWidth = 120

    var lineWidth: Int? { width.map { min(max($0, Self.minimumWidth), Self.maximumWidth) } }
}

/// The colours of ECMA-48 that this tool uses. Colour only repeats what a word says.
enum Colour: String {
    case good = "32"
    case bad = "1;31"
    case unsure = "33"
    case dim = "2"
    case strong = "1"
}

extension Verdict {
    var colour: Colour {
        switch self {
        case .accurate: .good
        case .faulty: .bad
        case .inconclusive, .unsupported: .unsure
        }
    }
}

extension TextStyle {
    func coloured(_ text: String, _ colour: Colour) -> String {
        usesColour ? "\u{1B}[\(colour.rawValue)m\(text)\u{1B}[0m" : text
    }

    /// Breaks a paragraph at spaces.
    ///
    /// - Parameters:
    ///   - indent: columns before every line.
    ///   - hanging: further columns before every line but the first.
    package func wrapped(_ text: String, indent: Int = 0, hanging: Int = 0) -> [String] {
        let first = String(repeating: " ", count: indent)
        guard let lineWidth else { return [first + text] }
        let rest = String(repeating: " ", count: indent + hanging)
        var lines: [String] = []
        var line = first
        var isEmpty = true
        for word in text.split(separator: " ") {
            if !isEmpty, line.count + 1 + word.count > lineWidth {
                lines.append(line)
                line = rest
                isEmpty = true
            }
            line += (isEmpty ? "" : " ") + word
            isEmpty = false
        }
        return lines + [line]
    }
}

/// Rows of plain columns, without a heading: what grep(1), sort(1) and awk(1) expect. On a terminal the last column is
/// wrapped.
public struct TextTable: Sendable, Hashable {
    private var rows: [[String]] = []

    public init() {}

    public mutating func add(_ cells: String...) {
        rows.append(cells.map(printable))
    }

    /// Columns that the last one must have to be wrapped: with less it is left to the terminal.
    private static let minimumLastColumn = 20

    /// Columns two spaces apart. A line a row, if that fits the width.
    public func render(_ style: TextStyle = .plain) -> String {
        var widths: [Int] = []
        for row in rows {
            for (column, cell) in row.enumerated() {
                if column < widths.count {
                    widths[column] = max(widths[column], cell.count)
                } else {
                    widths.append(cell.count)
                }
            }
        }
        return rows.map { wrapped(line($0, widths), $0, style) + "\n" }.joined()
    }

    private func wrapped(_ line: String, _ row: [String], _ style: TextStyle) -> String {
        guard let width = style.lineWidth, line.count > width, let last = row.last else { return line }
        let start = line.count - last.count
        guard start + Self.minimumLastColumn <= width else { return line }
        let lines = style.wrapped(last, indent: start)
        return ([line.prefix(start) + lines[0].dropFirst(start)] + lines.dropFirst().map { $0[...] })
            .joined(separator: "\n")
    }

    private func line(_ row: [String], _ widths: [Int]) -> String {
        var line = ""
        for (column, cell) in row.enumerated() {
            let padding = column == row.count - 1 ? 0 : widths[column] + 2 - cell.count
            line += cell + String(repeating: " ", count: padding)
        }
        return line
    }
}
