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
    /// What an earlier report of the same CPU shows: the fault is new.
    public var regression: Regression?
    /// Name of the measured machine, where it is known and may be told. No report holds it.
    public var hostName: String?
    /// What a fleet calls the machine: its host name, or the name of the file that the report was kept in.
    public var machine: String?

    public init(
        style: TextStyle = .plain, regression: Regression? = nil, hostName: String? = nil, machine: String? = nil
    ) {
        self.style = style
        self.regression = regression
        self.hostName = hostName
        self.machine = machine
    }
}

extension ReportFormat {
    /// Every format there is, people's first. A new one is a file beside this one and a row here.
    public static let all: [ReportFormat] = [
        ReportFormat("text", "a page for a person") { TextReport(style: $1.style).render($0) },
        ReportFormat("markdown", "a page for an issue or a wiki") { report, _ in MarkdownReport.render(report) },
        ReportFormat("html", "one page with plots, for a browser; asks the network for nothing") { report, _ in
            try HTMLReport.render(report)
        },
        ReportFormat("bug", "a mail for linux-perf-users, bugzilla or rr, as the kernel's guide wants it") {
            report, context in
            BugReport(regression: context.regression).render(report)
        },
        ReportFormat("json", "the report itself: every run and every PMI (list schema)") { report, _ in
            String(decoding: try ReportJSON.encode(report), as: UTF8.self)
        },
        ReportFormat("tap", "Test Anything Protocol 14") { report, _ in TAPReport.render(report) },
        ReportFormat("ktap", "the kernel's KTAP 1, for kselftest and kunit.py") { report, _ in KTAPReport.render(report)
        },
        ReportFormat("junit", "JUnit XML, for Jenkins, GitLab and most other CI") { report, context in
            JUnitReport.render(report, hostName: context.hostName)
        },
        ReportFormat("lava", "LAVA's test signals") { report, _ in LAVAReport.render(report) },
        ReportFormat("kcidb", "KernelCI's I/O schema 5.3") { report, _ in try KCIDBReport.render(report) },
        ReportFormat("github", "annotations for GitHub Actions; appends to its step summary, too") { report, _ in
            GitHubReport.render(report)
        },
        ReportFormat("summary", "one line of JSON, at most 2 KB, for log pipelines, SQL and compare --fleet") {
            report, context in
            try SummaryLine(report, machine: context.machine).rendered()
        },
        ReportFormat("prometheus", "a file for the textfile collector of node_exporter (recipe prometheus)") {
            report, _ in
            PrometheusReport.render(report)
        },
    ]

    public static func named(_ name: String) -> ReportFormat? { all.first { $0.name == name } }
}
