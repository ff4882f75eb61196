import ArgumentParser
import Glibc
import Reporting

/// `--format`, `--output`, `--report` and `--redact`: where the report of a diagnosis goes, and in which forms.
struct ReportOutputOptions: ParsableArguments {
    @Option(help: ArgumentHelp("How to write the report (truecount list formats).", valueName: "name"))
    var format: FormatName = .text

    @Option(
        help: ArgumentHelp(
            "Write there instead of to standard output; a file is replaced only when all is written.", valueName: "file"
        ))
    var output: String?

    @Option(
        help: ArgumentHelp(
            "Write the report in this format to this file, too; may be repeated.", valueName: "name=file"
        ), transform: ReportTarget.parse)
    var report: [ReportTarget] = []

    @Flag(help: "Leave out what identifies this machine: its name, ids, addresses, paths.")
    var redact = false

    func validate() throws {
        let files = (report.map(\.file) + [output].compactMap(\.self)).filter { $0 != "-" }
        for (index, file) in files.enumerated() where files[..<index].contains(file) {
            throw ValidationError("two reports go to \(file), and the second would replace the first")
        }
    }

    /// To be called before the work begins, so that a path that cannot be written is known at once.
    func destinations() throws(OutputError) -> [ReportDestination] {
        let first = try output.map { path throws(OutputError) in try OutputDestination(path: path) } ?? .standardOutput
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
            let style = target.destination == .standardOutput ? Terminal.style : .plain
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

/// `NAME=FILE`.
struct ReportTarget {
    var format: ReportFormat
    var file: String

    static func parse(_ text: String) throws -> ReportTarget {
        let halves = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard halves.count == 2, !halves[1].isEmpty else { throw ValidationError("it is not NAME=FILE") }
        guard let format = ReportFormat.named(halves[0]) else {
            throw ValidationError("there is no format '\(halves[0])' (truecount list formats)")
        }
        return ReportTarget(format: format, file: halves[1])
    }
}
