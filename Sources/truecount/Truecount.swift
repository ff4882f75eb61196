import ArgumentParser
import CPerf
import Glibc
import Reporting

/// The program: nothing but its subcommands.
struct Truecount: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "truecount",
        abstract: "Test whether the CPU's branch counters stay exact when they overflow.",
        discussion: """
            When a hardware counter overflows, it interrupts (a PMI). truecount runs code with known branch counts, with and \
            without such interrupts, and compares. rr and other deterministic tools break silently if the counts are wrong.

            Start with:  truecount diagnose

            For completion in a shell:  truecount --generate-completion-script bash (or zsh, or fish)
            """,
        version: """
            \(Tool.current.name) \(Tool.current.version)
            commit \(Tool.current.commit ?? "unknown")
            target \(String(cString: cperf_target()))
            """,
        subcommands: [
            DiagnoseCommand.self, InfoCommand.self, ExplainCommand.self, ReportCommand.self, CompareCommand.self,
            GateCommand.self, RecipeCommand.self, ListCommand.self, VerifyCommand.self, WorkloadCommand.self,
            ExperimentsCommand.self, ManCommand.self,
        ])
}

@main
enum Main {
    static func main() {
        StandardStreams.prepare()
        let arguments = ProgramArguments.all
        exit(ExitCodeConvention.asked(in: arguments).code(for: run(arguments)))
    }

    private static func run(_ arguments: [String]) -> ExitStatus {
        do {
            if let problem = ProgramArguments.problem { throw Failure.usage(problem) }
            _ = try CommandTree.path(arguments)
            var command = try Truecount.parseAsRoot(arguments)
            try command.run()
            return .success
        } catch {
            return conclude(error, arguments)
        }
    }

    /// Says what went wrong, in one line, and gives the exit code for it.
    private static func conclude(_ error: any Error, _ arguments: [String]) -> ExitStatus {
        switch error {
        case let status as ExitStatus:
            return status
        case let failure as Failure:
            StandardStreams.complain(failure.message)
            return failure.status
        case let error as OutputError:
            StandardStreams.complain(error.description)
            return .inputOutput
        default:
            break
        }
        let message = Truecount.message(for: error)
        switch Truecount.exitCode(for: error) {
        case .success:
            let text = Truecount.fullMessage(for: error)
            let isScript = arguments.first?.hasPrefix("--generate-completion-script") == true
            return show(isScript ? CompletionScript.mended(text) : text)
        case .validationFailure:
            let help = (["truecount"] + CommandTree.longestPath(arguments) + ["--help"]).joined(separator: " ")
            let sentence = message.hasSuffix(".") ? String(message.dropLast()) : message
            StandardStreams.complain(sentence + (sentence.hasSuffix("?") ? " See \(help)" : "; see \(help)"))
            return .usage
        default:
            StandardStreams.complain("internal error: \(message)")
            return .software
        }
    }

    /// Help and version: what was asked for, so it goes to standard output, and not being able to write it is an error.
    private static func show(_ text: String) -> ExitStatus {
        do throws(OutputError) {
            try StandardStreams.show(text.hasSuffix("\n") ? text : text + "\n")
            return .success
        } catch {
            StandardStreams.complain(error.description)
            return .inputOutput
        }
    }
}

/// The words of the command line behind the program's name. `CommandLine.arguments` is empty where there is no /proc.
enum ProgramArguments {
    static let all: [String] = bytes.map { String(decoding: $0, as: UTF8.self) }

    /// What is wrong with one of them; nil where nothing is. A path that is not UTF-8 would become another path.
    static var problem: String? {
        for (index, word) in bytes.enumerated() where String(validating: word, as: UTF8.self) == nil {
            return "argument \(index + 1), '\(all[index])', is not valid UTF-8; rename the file or folder that it names"
        }
        return nil
    }

    private static let bytes: [[UInt8]] = {
        var count: CInt = 0
        guard let values = cperf_arguments(&count), count > 0 else {
            return CommandLine.arguments.dropFirst().map { Array($0.utf8) }
        }
        return (1..<max(1, Int(count))).compactMap { index in
            values[index].map { word in
                UnsafeBufferPointer(start: word, count: strlen(word)).map { UInt8(bitPattern: $0) }
            }
        }
    }()
}
