import ArgumentParser
import Reporting

/// `--format` and `--output`.
struct OutputOptions: ParsableArguments {
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case text, json
    }

    @Option(help: "For a person, or for a program.")
    var format: Format = .text

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

    func write(_ value: some Encodable, to destination: OutputDestination, text: (TextStyle) -> String) throws {
        let bytes =
            switch format {
            case .text: Array(text(destination == .standardOutput ? Terminal.style : .plain).utf8)
            case .json: try ReportJSON.encode(value)
            }
        try StandardStreams.write(bytes, to: destination)
    }
}
