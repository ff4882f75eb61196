import Diagnosis

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
    static func software(_ message: String) -> Failure {
        Failure(status: .software, message: "internal error: \(message)")
    }
}
