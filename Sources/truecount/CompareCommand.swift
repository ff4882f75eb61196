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
            Sizes of a fault differ only where their intervals do not overlap.

            With --fleet, all files of a folder and of those below it whose names end in .json are summed up by kernel, CPU \
            and hypervisor, the worst first. A file that is no report is listed, and does not end the work.

            Examples:
              truecount compare before.json after.json
              truecount compare stock.json 6.12.json 7.2.json --format markdown
              truecount compare --fleet reports --format html --output fleet.html

            Exit codes: 0 whatever changed (truecount gate judges changes), 64 for a mistake in the command line, 74 if a report \
            (of a fleet: every file) could not be read or the output not be written.
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case text, markdown, json, html
    }

    @Argument(help: "Reports as JSON, at least two; - is standard input.")
    var files: [String] = []

    @Option(help: ArgumentHelp("Sum up every report of this folder and of those below it.", valueName: "folder"))
    var fleet: String?

    @Option(help: "text for a person, markdown for an issue, json for a program, html for a browser.")
    var format: Format = .text

    @OptionGroup var file: FileOption

    func validate() throws {
        guard fleet == nil else {
            guard files.isEmpty else { throw ValidationError("--fleet takes a folder, and no files beside it") }
            return
        }
        guard files.count >= 2 else {
            throw ValidationError(
                files.first.map { "there is nothing to compare \($0) with" } ?? "there is nothing to compare")
        }
        guard files.count(where: { $0 == "-" }) <= 1 else { throw ValidationError("standard input holds one report") }
    }

    func run() throws {
        let destination = try file.destination()
        let style = Terminal.style(for: destination)
        let bytes = try fleet.map { try Self.fleet($0, format, style) } ?? compared(style)
        try StandardStreams.write(bytes, to: destination)
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
        }
    }

    private static func fleet(_ folder: String, _ format: Format, _ style: TextStyle) throws -> [UInt8] {
        let paths: [String]
        do throws(ReportFileError) {
            paths = try FleetFiles.find(in: folder)
        } catch {
            throw Failure(status: .inputOutput, message: error.description)
        }
        let scan = FleetScan(paths)
        // More threads than CPUs only wait for each other.
        let threads = max(1, min(sysconf(CInt(_SC_NPROCESSORS_ONLN)), 64, paths.count))
        let fleet = Fleet(try WorkerThreads.map(Array(0..<threads)) { _ in scan.work() })
        guard fleet.reports > 0 else {
            let reason = fleet.unreadable.first ?? "there is no file in it whose name ends in .json"
            throw Failure(status: .inputOutput, message: "no report in \(printable(folder)): \(reason)")
        }
        return switch format {
        case .text: Array(FleetText(style: style).render(fleet).utf8)
        case .markdown: Array(FleetMarkdown.render(fleet).utf8)
        case .json: try ReportJSON.encode(fleet)
        case .html: Array(try FleetHTML.render(fleet).utf8)
        }
    }
}
