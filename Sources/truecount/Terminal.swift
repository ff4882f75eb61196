import CPerf
import Glibc
import Reporting

/// What the terminals at the ends of the streams can do.
enum Terminal {
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
