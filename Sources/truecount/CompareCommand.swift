import ArgumentParser
import Glibc
import Reporting

struct CompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Show what changed from one report to others, or what a fleet's reports say.",
        discussion: """
            Each report is compared with the first. Verdicts come first, the worst on top, then faults that are new, larger, \
            smaller or gone, probes and counts that changed, and differences of kernel, microcode and boot parameters. \
            A fault is larger or smaller if its median lies outside the other's range, or if its frequency differs by 1 % \
            or more and the intervals do not overlap.

            With --fleet, reports of many machines are summed up by kernel, CPU and hypervisor, the worst first. A file \
            holds a report, or a summary a line ('diagnose --format summary'). A folder stands for its files, and those of \
            folders below it, whose names end in .json, .jsonl or .ndjson. What cannot be read is listed, and does not \
            end the work. For more than one page, 'truecount recipe fleet-sql'.

            Examples:
              truecount compare before.json after.json
              truecount compare stock.json 6.12.json 7.2.json --format markdown
              truecount compare --fleet reports --format html --output fleet.html
              truecount diagnose --format summary | truecount compare --fleet -
              truecount compare --fleet reports --format summary --output fleet.jsonl

            Exit codes: 0 whatever changed (truecount gate judges changes), 64 for wrong usage, 74 if a report \
            (of a fleet: every file) could not be read or the output not be written.
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case text, markdown, json, html, summary
    }

    @Argument(
        help: "Reports as JSON, at least two; with --fleet also summaries and folders; - is standard input.",
        completion: .file())
    var files: [String] = []

    @Flag(help: "Sum up the reports of many machines.")
    var fleet = false

    @Option(
        help: """
            text for a person, markdown for an issue, json for a program, html for a browser; with --fleet also summary, \
            a line of JSON for each report.
            """)
    var format: Format = .text

    @OptionGroup var file: FileOption

    func validate() throws {
        if fleet, files.isEmpty { throw ValidationError("--fleet needs a folder or files, or - for standard input") }
        guard fleet || files.count >= 2 else {
            throw ValidationError(
                files.first.map { "there is nothing to compare \($0) with" } ?? "there is nothing to compare")
        }
        if !fleet, format == .summary { throw ValidationError("--format summary needs --fleet") }
        guard files.count(where: { $0 == "-" }) <= 1 else {
            throw ValidationError("standard input can be read only once")
        }
    }

    func run() throws {
        let destination = try file.destination()
        let style = Terminal.style(for: destination)
        try StandardStreams.write(fleet ? try ofFleet(style) : try compared(style), to: destination)
    }

    private func compared(_ style: TextStyle) throws -> [UInt8] {
        // One report at a time: only what is compared stays.
        let digests = try files.map { ReportDigest(try ReportCommand.read($0), name: $0) }
        let comparison = Comparison(digests)
        return switch format {
        case .text: Array(ComparisonText(style: style).render(comparison).utf8)
        case .markdown: Array(ComparisonMarkdown.render(comparison).utf8)
        case .json: try ReportJSON.encode(comparison)
        case .html: Array(try ComparisonHTML.render(comparison).utf8)
        // Refused before: there is no summary of a change.
        case .summary: []
        }
    }

    private func ofFleet(_ style: TextStyle) throws -> [UInt8] {
        let paths = try Self.paths(of: files)
        if format == .summary { return try Self.summaries(paths) }
        let fleet = Fleet(files: paths)
        guard fleet.reports > 0 else { throw Self.empty(fleet.unreadable.first) }
        return switch format {
        case .text, .summary: Array(FleetText(style: style).render(fleet).utf8)
        case .markdown: Array(FleetMarkdown.render(fleet).utf8)
        case .json: try ReportJSON.encode(fleet)
        case .html: Array(try FleetHTML.render(fleet).utf8)
        }
    }

    /// The files, with each folder replaced by those in it.
    private static func paths(of files: [String]) throws(Failure) -> [String] {
        var paths: [String] = []
        for file in files {
            var status = stat()
            guard file != "-", stat(file, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
                paths.append(file)
                continue
            }
            do throws(ReportFileError) {
                paths += try FleetFiles.find(in: file)
            } catch {
                throw Failure(status: .inputOutput, message: error.description)
            }
        }
        return paths
    }

    /// A line for each report; what cannot be read is told on standard error.
    private static func summaries(_ paths: [String]) throws -> [UInt8] {
        var lines: [UInt8] = []
        var problems: [String] = []
        var failure: (any Error)?
        for path in paths {
            FleetFiles.read(path) { result in
                switch result {
                case .success(let summary):
                    do { lines += Array(try summary.rendered().utf8) } catch { failure = error }
                case .failure(let error): problems.append(error.description)
                }
            }
        }
        if let failure { throw failure }
        guard !lines.isEmpty else { throw empty(problems.first) }
        for problem in problems { StandardStreams.complain(problem) }
        return lines
    }

    private static func empty(_ reason: String?) -> Failure {
        Failure(
            status: .inputOutput,
            message: "no report was read: \(reason ?? "no file's name ends in .json, .jsonl or .ndjson")")
    }
}
