/// One way to write a report down.
public struct ReportFormat: Sendable {
    /// What `--format` calls it.
    public let name: String
    /// Whom it is for, in one line.
    public let purpose: String
    private let rendering: @Sendable (Report, RenderingContext) throws -> String

    /// - Parameter rendering: Takes the context only for what a person reads; formats for programs ignore it.
    init(
        _ name: String, _ purpose: String,
        rendering: @escaping @Sendable (Report, RenderingContext) throws -> String
    ) {
        self.name = name
        self.purpose = purpose
        self.rendering = rendering
    }

    /// - Throws: `EncodingError` where a number is not finite, which only JSON cannot hold.
    public func render(_ report: Report, _ context: RenderingContext = RenderingContext()) throws -> String {
        try rendering(report, context)
    }
}

/// What a rendering may depend on besides the report.
public struct RenderingContext: Sendable {
    /// Of the terminal, where there is one.
    public var style: TextStyle
    /// An earlier report of the same machine: what it had not is a regression.
    public var baseline: ReportDigest?

    public init(style: TextStyle = .plain, baseline: ReportDigest? = nil) {
        self.style = style
        self.baseline = baseline
    }
}
