import CPerf
import Diagnosis
import Glibc
import Reporting

/// The three streams that a program is born with, and what can be wrong with them.
enum StandardStreams {
    /// To be called before anything is opened.
    static func prepare() {
        // A closed stream would lend its number to the next descriptor opened, and a report would be written into a
        // perf event. The stand-in refuses to be written to, so that a report for nobody is still an error.
        for descriptor in CInt(0)...2 where fcntl(descriptor, F_GETFD) < 0 {
            let flags = descriptor == 0 ? O_WRONLY : O_RDONLY
            if open("/dev/null", flags) < 0 { _ = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0) }
        }
        // A reader that goes away is then an error of write(2), EPIPE, and the verdict still becomes the exit code.
        signal(SIGPIPE, SIG_IGN)
    }

    /// Writes to standard output.
    ///
    /// A reader that stops reading (`| head -1`) is no error: it has seen what it wanted.
    static func show(_ text: String) throws(OutputError) {
        try write(Array(text.utf8), to: .standardOutput)
    }

    static func write(_ bytes: [UInt8], to destination: OutputDestination) throws(OutputError) {
        do throws(OutputError) {
            try destination.write(bytes)
        } catch  where error.isReaderGone {
            return
        }
    }

    /// One line on standard error, whatever the message holds.
    static func complain(_ message: String) {
        let line = message.split(whereSeparator: \.isNewline).joined(separator: " ")
        // Nothing is left to do about a standard error that cannot be written.
        try? OutputDestination.standardError.write(Array("truecount: \(printable(line))\n".utf8))
    }
}

/// What the terminals at the ends of the streams can do.
enum Terminal {
    /// How to lay out text for a destination: a file is not a terminal.
    static func style(for destination: OutputDestination) -> TextStyle {
        destination == .standardOutput ? style : .plain
    }

    /// How to lay out text for standard output.
    static var style: TextStyle {
        guard isatty(STDOUT_FILENO) == 1 else { return .plain }
        let columns = Int(cperf_terminal_columns(STDOUT_FILENO))
        return TextStyle(width: columns > 0 ? columns : 80, usesColour: isCapable && !isColourUnwanted)
    }

    /// Whether a line on standard error can be written over.
    static var canShowProgress: Bool { isatty(STDERR_FILENO) == 1 && isCapable }

    static var errorColumns: Int {
        let columns = Int(cperf_terminal_columns(STDERR_FILENO))
        return columns > 0 ? columns : 80
    }

    private static var isCapable: Bool { environment("TERM").map { $0 != "dumb" } ?? false }

    /// https://no-color.org: set, and not empty.
    private static var isColourUnwanted: Bool { environment("NO_COLOR").map { !$0.isEmpty } ?? false }

    private static func environment(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
}

/// A single line on the terminal that says how far a diagnosis is, and is gone at its end.
struct ProgressLine {
    private let isShown = Terminal.canShowProgress
    private var current = ""

    mutating func show(_ progress: DiagnosisProgress) {
        guard isShown else { return }
        let text = "\(printable(progress.probe)) · run \(progress.runsDone) of \(progress.runsPlanned)"
        // One column is left free: a terminal goes on to the next line when the last one is filled.
        replace(with: String(text.prefix(Terminal.errorColumns - 1)))
    }

    mutating func erase() {
        guard isShown else { return }
        replace(with: "")
    }

    private mutating func replace(with text: String) {
        guard text != current else { return }
        current = text
        // Return to the first column, and clear to the end of the line (ECMA-48, CR and EL).
        try? OutputDestination.standardError.write(Array("\r\u{1B}[K\(text)".utf8))
    }
}
