import ArgumentParser
import FoundationEssentials
import Glibc
import Reporting

/// `--output`: where the output of a command goes.
struct FileOption: ParsableArguments {
    @Option(
        name: [.customShort("o"), .long],
        help: ArgumentHelp(
            "Write to this file instead of standard output. An existing file is replaced only once everything is written.",
            valueName: "file"),
        completion: .file())
    var output: String?

    /// To be called before the work begins, so that a path that cannot be written is known at once.
    func destination() throws(OutputError) -> OutputDestination {
        guard let output else { return .standardOutput }
        return try OutputDestination(path: output)
    }
}

/// When text is coloured.
enum ColourChoice: String, ExpressibleByArgument, CaseIterable {
    case auto, always, never
}

/// `--color`.
struct ColourOption: ParsableArguments {
    @Option(help: "Colour: auto is on a terminal, unless NO_COLOR is set.")
    var color: ColourChoice = .auto
}

/// `--format` and `--output` of commands that write text or JSON.
struct OutputOptions: ParsableArguments {
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case text, json
    }

    @Option(help: "text to read, json for programs.")
    var format: Format = .text

    @OptionGroup var file: FileOption

    @OptionGroup var colour: ColourOption

    func destination() throws(OutputError) -> OutputDestination { try file.destination() }

    func write(_ value: some Encodable, to destination: OutputDestination, text: (TextStyle) -> String) throws {
        let bytes =
            switch format {
            case .text: Array(text(Terminal.style(for: destination, colour.color)).utf8)
            case .json: try ReportJSON.encode(value)
            }
        try StandardStreams.write(bytes, to: destination)
    }
}

/// `--format`, `--output`, `--report` and `--redact`: where the report of a diagnosis goes, and in which forms.
struct ReportOutputOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("Format of the report (truecount list formats).", valueName: "format"),
        completion: .list(ReportFormat.all.map(\.name)))
    var format: FormatName = .text

    @OptionGroup var file: FileOption

    @Option(
        help: ArgumentHelp(
            "Also write the report to this file in this format. Can be repeated.", valueName: "format=file"
        ), completion: FormatTarget<ReportFormat>.completion,
        transform: FormatTarget<ReportFormat>.parse)
    var report: [FormatTarget<ReportFormat>] = []

    @Flag(help: "Remove what identifies this machine: host name, IDs, addresses, paths.")
    var redact = false

    @OptionGroup var colour: ColourOption

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
    /// - Parameters:
    ///   - baseline: An earlier report of the same CPU, for the bug report.
    ///   - file: Where the report was kept; nil where it was measured just now.
    /// - Throws: The first error.
    func write(
        _ report: Report, to destinations: [ReportDestination], baseline: Report? = nil, keptIn file: String? = nil
    ) throws {
        let name = Self.hostName()
        let report = redact ? try report.redacted(hostName: name) : report
        var context = RenderingContext(
            hostName: file == nil && !redact ? name : nil, machine: file.map(FleetFiles.machine) ?? name)
        if let baseline { context.regression = try regression(from: baseline, to: report, hostName: name) }
        var failure: (any Error)?
        for target in destinations {
            context.style = Terminal.style(for: target.destination, colour.color)
            do {
                let text = try target.format.render(report, context)
                try StandardStreams.write(Array(text.utf8), to: target.destination)
                if target.format.name == "github" { try StepSummary.append(report) }
            } catch {
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
    }

    private func regression(from baseline: Report, to report: Report, hostName: String?) throws -> Regression {
        let baseline = redact ? try baseline.redacted(hostName: hostName) : baseline
        do throws(RegressionError) {
            return try Regression(from: baseline, to: report)
        } catch {
            throw Failure.usage("--baseline cannot be used: \(error)")
        }
    }

    private static func hostName() -> String? {
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

/// A format that has a name.
protocol NamedFormat: SendableMetatype {
    static var names: [String] { get }
    static func named(_ name: String) -> Self?
    /// The command that lists them.
    static var lister: String { get }
}

extension ReportFormat: NamedFormat {
    static var names: [String] { all.map(\.name) }
    static var lister: String { "truecount list formats" }
}

extension GateFormat: NamedFormat, ExpressibleByArgument {
    static var names: [String] { allCases.map(\.rawValue) }
    static func named(_ name: String) -> GateFormat? { GateFormat(rawValue: name) }
    static var lister: String { "truecount gate --help" }
}

/// `FORMAT=FILE`.
struct FormatTarget<Format: NamedFormat> {
    var format: Format
    var file: String

    static func parse(_ text: String) throws -> FormatTarget {
        let halves = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard halves.count == 2, !halves[1].isEmpty else { throw ValidationError("it is not FORMAT=FILE") }
        guard let format = Format.named(halves[0]) else {
            let failure = Failure.unknown("format", halves[0], among: Format.names, lister: Format.lister)
            throw ValidationError(failure.message)
        }
        return FormatTarget(format: format, file: halves[1])
    }

    /// The formats, and behind the sign files.
    static var completion: CompletionKind {
        .custom { words, index, _ in
            let word = words.indices.contains(index) ? words[index] : ""
            guard let sign = word.firstIndex(of: "="), Format.named(String(word[..<sign])) != nil else {
                return Format.names.map { "\($0)=" }
            }
            return FileNames.beginning(with: String(word[word.index(after: sign)...])).map { "\(word[...sign])\($0)" }
        }
    }
}

/// The page that GitHub Actions shows for a job: Markdown at the end of the file that `GITHUB_STEP_SUMMARY` names.
enum StepSummary {
    /// Does nothing outside of GitHub Actions.
    ///
    /// - Throws: `OutputError`, or what rendering throws.
    static func append(_ report: Report) throws {
        if let page = try ReportFormat.named("markdown")?.render(report) { try append(page) }
    }

    /// - Parameter page: Markdown.
    /// - Throws: `OutputError`, or a path that is no UTF-8.
    static func append(_ page: String) throws {
        guard let value = getenv("GITHUB_STEP_SUMMARY"), value.pointee != 0 else { return }
        guard let path = String(validatingCString: value) else {
            throw Failure(status: .inputOutput, message: "GITHUB_STEP_SUMMARY names a file whose path is not UTF-8")
        }
        try appendToFile(at: path, Array("\(page)\n".utf8))
    }
}

/// Files for a shell to complete.
enum FileNames {
    /// Those whose path begins so, folders with a slash at the end.
    static func beginning(with path: String) -> [String] {
        let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.isEmpty ? "." : folder)) ?? []
        return names.map { folder + $0 }.filter { $0.hasPrefix(path) }.sorted().map { name in
            var status = stat()
            return stat(name, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR ? name + "/" : name
        }
    }
}
