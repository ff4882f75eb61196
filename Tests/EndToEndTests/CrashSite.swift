import Glibc

/// Where a program died of SIGSEGV, as the stack says that strace(1) prints with `-k`.
struct CrashSite: CustomStringConvertible {
    /// The innermost frame: the file that the faulting instruction was mapped from, its symbol and its offset.
    let description: String

    /// Whether that instruction is libpfm4's: by its file, or in a static program by its symbol.
    var isInLibpfm: Bool {
        description.contains("/libpfm.so.") || description.contains("(pfm_") || description.contains("(pfmlib_")
    }

    /// Runs the program once more under the same injection.
    init?(of program: Program, _ arguments: [String], injection: String) throws(RunnerError) {
        let trace = temporaryPath("crash")
        defer { unlink(trace) }
        let call = injection.dropFirst("inject=".count).prefix { $0 != ":" }
        _ = try program.launched(by: "strace", "-k", "-o", trace, "-e", "trace=\(call)", "-e", injection).run(arguments)
        self.init(trace: lines(ofFile: trace))
    }

    /// - Parameter trace: what strace wrote.
    init?(trace: [Substring]) {
        guard let signal = trace.lastIndex(where: { $0.hasPrefix("--- SIGSEGV ") }),
            let frame = trace[signal...].dropFirst().first, frame.hasPrefix(" > ")
        else { return nil }
        description = String(frame.dropFirst(3))
    }
}
