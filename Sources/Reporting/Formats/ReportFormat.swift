/// One way to write a report down.
public struct ReportFormat: Sendable {
    /// What `--format` calls it.
    public let name: String
    /// Whom it is for, in one line.
    public let purpose: String
    private let rendering: @Sendable (Report, TextStyle) throws -> String

    /// - Parameter rendering: Takes the style only to heed a terminal; formats for programs ignore it.
    init(_ name: String, _ purpose: String, rendering: @escaping @Sendable (Report, TextStyle) throws -> String) {
        self.name = name
        self.purpose = purpose
        self.rendering = rendering
    }

    /// - Throws: `EncodingError` where a number is not finite, which only JSON cannot hold.
    public func render(_ report: Report, style: TextStyle = .plain) throws -> String {
        try rendering(report, style)
    }
}
