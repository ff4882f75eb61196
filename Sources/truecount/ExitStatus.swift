import ArgumentParser
import Diagnosis
import PerfEvents

/// How truecount ends (kselftest's codes, then those of sysexits(3head)). Thrown to end a command that has said all it
/// had to say.
struct ExitStatus: Error, RawRepresentable, Hashable {
    let rawValue: Int32

    static let success = ExitStatus(rawValue: 0)
    /// A fault was found, or a proof failed.
    static let faulty = ExitStatus(rawValue: 1)
    static let inconclusive = ExitStatus(rawValue: 3)
    static let unsupported = ExitStatus(rawValue: 4)
    static let usage = ExitStatus(rawValue: 64)
    static let software = ExitStatus(rawValue: 70)
    static let inputOutput = ExitStatus(rawValue: 74)

    init(rawValue: Int32) { self.rawValue = rawValue }
    init(_ verdict: Verdict) { self.init(rawValue: verdict.exitCode) }
}

/// An error for a person: one line, and the exit code.
struct Failure: Error {
    let status: ExitStatus
    let message: String

    static func usage(_ message: String) -> Failure { Failure(status: .usage, message: message) }

    /// A name that is not among the known ones, which `lister` lists.
    ///
    /// - Parameter word: the part of the name that is near one of them; nil for all of it.
    static func unknown(
        _ kind: String, _ name: String, among known: [String], word: String? = nil, lister: String
    ) -> Failure {
        let near = NearNames.of(word ?? name, among: known)
        let hint = near.isEmpty ? "" : "; did you mean \(near.joined(separator: " or "))?"
        return .usage("there is no \(kind) '\(name)'\(hint); \(lister) lists all")
    }

    static func software(_ message: String) -> Failure {
        Failure(status: .software, message: "internal error: \(message)")
    }
}

/// `--exit-codes`, for the help and for what is wrong with its value: `main` has read it from the command line before.
struct ExitCodeOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Exit codes for another tool: native (above), kselftest, bisect, automake or strict.",
            valueName: "convention"))
    var exitCodes: ExitCodeConvention = .native
}

/// What exit codes mean to the tool that reads them. Most know two or three numbers and misread the others: to
/// git-bisect(1), 64 is a bad commit.
enum ExitCodeConvention: String, ExpressibleByArgument, CaseIterable {
    case native, kselftest, bisect, automake, strict

    /// The codes of those endings that the tool knows, and the code of all others; nil leaves them as they are.
    private var words: (codes: [ExitStatus: Int32], others: Int32?) {
        switch self {
        case .native: ([:], nil)
        // kselftest.h: 4 is SKIP; 3 would be XPASS. ksft_finished() ends a test that had errors as a failed one.
        case .kselftest: ([.inconclusive: 1], nil)
        // git-bisect(1): 125 skips the commit, 1 to 127 are bad, from 128 on it gives up.
        case .bisect: ([.success: 0, .faulty: 1], 125)
        // Automake's manual, "Scripts-based Testsuites": 77 skipped, 99 hard error.
        case .automake: ([.success: 0, .faulty: 1, .unsupported: 77], 99)
        // A gate that lets nothing pass but a proof.
        case .strict: ([.success: 0], 1)
        }
    }

    func code(for status: ExitStatus) -> Int32 { words.codes[status] ?? words.others ?? status.rawValue }

    /// The convention that a command line asks for, read without ArgumentParser: it holds for a line that ArgumentParser
    /// refuses, too.
    static func asked(in arguments: [String]) -> ExitCodeConvention {
        let option = "--exit-codes"
        var asked = native
        var isValue = false
        for argument in arguments.prefix(while: { $0 != "--" }) {
            if isValue {
                asked = Self(rawValue: argument) ?? asked
            } else if argument.hasPrefix(option + "=") {
                asked = Self(rawValue: String(argument.dropFirst(option.count + 1))) ?? asked
            }
            isValue = argument == option
        }
        return asked
    }
}
