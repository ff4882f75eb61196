import ArgumentParser
import Glibc
import Reporting

/// `--output`: where the output of a command goes.
struct FileOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Write there instead of to standard output; a file is replaced only when all is written.", valueName: "file"
        ))
    var output: String?

    /// To be called before the work begins, so that a path that cannot be written is known at once.
    func destination() throws(OutputError) -> OutputDestination {
        guard let output else { return .standardOutput }
        return try OutputDestination(path: output)
    }
}

/// `--format` and `--output` of commands that write text or JSON.
struct OutputOptions: ParsableArguments {
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case text, json
    }

    @Option(help: "text for a person, json for a program.")
    var format: Format = .text

    @OptionGroup var file: FileOption

    func destination() throws(OutputError) -> OutputDestination { try file.destination() }

    func write(_ value: some Encodable, to destination: OutputDestination, text: (TextStyle) -> String) throws {
        let bytes =
            switch format {
            case .text: Array(text(Terminal.style(for: destination)).utf8)
            case .json: try ReportJSON.encode(value)
            }
        try StandardStreams.write(bytes, to: destination)
    }
}

/// `--format`, `--output`, `--report` and `--redact`: where the report of a diagnosis goes, and in which forms.
struct ReportOutputOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Format of the report (truecount list formats).", valueName: "format"))
    var format: FormatName = .text

    @OptionGroup var file: FileOption

    @Option(
        help: ArgumentHelp(
            "Write the report in this format to this file, too; may be repeated.", valueName: "format=file"
        ), transform: ReportTarget.parse)
    var report: [ReportTarget] = []

    @Flag(help: "Leave out what identifies this machine: its name, ids, addresses, paths.")
    var redact = false

    func validate() throws {
        let files = (report.map(\.file) + [file.output].compactMap(\.self)).filter { $0 != "-" }
        for (index, file) in files.enumerated() where files[..<index].contains(file) {
            throw ValidationError("two reports go to \(file), and the second would replace the first")
        }
    }

    /// To be called before the work begins, so that a path that cannot be written is known at once.
    func destinations() throws(OutputError) -> [ReportDestination] {
        let first = try file.destination()
        return [ReportDestination(format: format.format, destination: first)] + (try additionalDestinations())
    }

    /// Those of `--report` alone.
    func additionalDestinations() throws(OutputError) -> [ReportDestination] {
        var all: [ReportDestination] = []
        for target in report {
            let destination = try OutputDestination(path: target.file)
            all.append(ReportDestination(format: target.format, destination: destination))
        }
        return all
    }

    /// Writes every form; one that cannot be written does not keep the others from it.
    ///
    /// - Parameter baseline: An earlier report of the same machine.
    /// - Throws: The first error.
    func write(_ report: Report, to destinations: [ReportDestination], baseline: ReportDigest? = nil) throws {
        let report = redact ? try report.redacted(hostName: hostName()) : report
        var failure: (any Error)?
        for target in destinations {
            let style = Terminal.style(for: target.destination)
            do {
                let text = try target.format.render(report, RenderingContext(style: style, baseline: baseline))
                try StandardStreams.write(Array(text.utf8), to: target.destination)
                if target.format.name == "github" { try StepSummary.append(report) }
            } catch {
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
    }

    private func hostName() -> String? {
        var names = utsname()
        guard uname(&names) == 0 else { return nil }
        return withUnsafeBytes(of: names.nodename) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}

/// A form of the report and its place.
struct ReportDestination {
    var format: ReportFormat
    var destination: OutputDestination
}

/// A format as the command line names it.
struct FormatName: ExpressibleByArgument {
    let format: ReportFormat

    static let text = FormatName(argument: "text") ?? FormatName(format: ReportFormat.all[0])

    init?(argument: String) {
        guard let format = ReportFormat.named(argument) else { return nil }
        self.format = format
    }

    private init(format: ReportFormat) { self.format = format }

    var defaultValueDescription: String { format.name }
    static var allValueStrings: [String] { ReportFormat.all.map(\.name) }
}

/// `FORMAT=FILE`.
struct ReportTarget {
    var format: ReportFormat
    var file: String

    static func parse(_ text: String) throws -> ReportTarget {
        let halves = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard halves.count == 2, !halves[1].isEmpty else { throw ValidationError("it is not FORMAT=FILE") }
        guard let format = ReportFormat.named(halves[0]) else {
            throw ValidationError("there is no format '\(halves[0])' (truecount list formats)")
        }
        return ReportTarget(format: format, file: halves[1])
    }
}

/// The page that GitHub Actions shows for a job: Markdown at the end of the file that `GITHUB_STEP_SUMMARY` names.
enum StepSummary {
    /// Does nothing outside of GitHub Actions.
    ///
    /// - Throws: `OutputError`, or what rendering throws.
    static func append(_ report: Report) throws {
        guard let path = getenv("GITHUB_STEP_SUMMARY").map({ String(cString: $0) }), !path.isEmpty,
            let page = try ReportFormat.named("markdown")?.render(report)
        else { return }
        try appendToFile(at: path, Array("\(page)\n".utf8))
    }
}
