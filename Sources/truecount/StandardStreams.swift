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
