import ArgumentParser

/// `--exit-codes`: in whose words truecount ends. Who asks often knows two or three numbers, and takes every other one
/// for something it was not meant to be: to git-bisect(1), 64 is a bad commit.
enum ExitCodeConvention: String, ExpressibleByArgument, CaseIterable {
    case native, kselftest, bisect, automake, strict

    /// What each world calls what it knows, and what it makes of all else; nil leaves the code as it is.
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

    /// The convention that a command line asks for, read without ArgumentParser: a line that it refuses must end in the
    /// words that the line asks for, too.
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
