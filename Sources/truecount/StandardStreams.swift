import CPerf
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
        tell("truecount: \(message)")
    }

    private static func tell(_ message: String) {
        let line = message.split(whereSeparator: \.isNewline).joined(separator: " ")
        let clear = Terminal.canShowProgress ? Terminal.clearLine : ""
        // Nothing is left to do about a standard error that cannot be written.
        try? OutputDestination.standardError.write(Array("\(clear)\(printable(line))\n".utf8))
    }

    /// Whether a line on standard error would be written without waiting for its reader.
    static var canComplainAtOnce: Bool {
        var stream = pollfd(fd: STDERR_FILENO, events: Int16(POLLOUT), revents: 0)
        return poll(&stream, 1, 0) == 1 && stream.revents & Int16(POLLOUT) != 0
    }

    /// What a report in a file says is told on standard error, and where it lies; nothing where the report is on
    /// standard output.
    ///
    /// - Parameters:
    ///   - headline: the verdict or decision, and the first reason.
    ///   - destinations: the first is that of `--output`.
    static func announce(_ headline: String, in destinations: [OutputDestination]) {
        guard destinations.first?.path != nil else { return }
        tell(headline)
        for path in destinations.compactMap(\.path) { tell("wrote \(path)") }
    }
}

/// What the terminals at the ends of the streams can do.
enum Terminal {
    /// How to lay out text for a destination: a file is not a terminal.
    static func style(for destination: OutputDestination, _ colour: ColourChoice = .auto) -> TextStyle {
        var style = destination == .standardOutput ? style : .plain
        if colour != .auto { style.usesColour = colour == .always }
        return style
    }

    /// How to lay out text for standard output.
    static var style: TextStyle {
        guard isatty(STDOUT_FILENO) == 1 else { return .plain }
        let columns = Int(cperf_terminal_columns(STDOUT_FILENO))
        return TextStyle(width: columns > 0 ? columns : 80, usesColour: isCapable && !isColourUnwanted)
    }

    /// Return to the first column, and clear to the end of the line (ECMA-48, CR and EL).
    static let clearLine = "\r\u{1B}[K"

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
