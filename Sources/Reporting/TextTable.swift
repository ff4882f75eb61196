/// Rows of plain columns, without a heading: what grep(1), sort(1) and awk(1) expect.
public struct TextTable: Sendable, Hashable {
    private var rows: [[String]] = []

    public init() {}

    public mutating func add(_ cells: String...) {
        rows.append(cells.map(printable))
    }

    /// Columns two spaces apart, the last one as long as it is. A line a row.
    public func render() -> String {
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
        return rows.map { line($0, widths) + "\n" }.joined()
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
