import ArgumentParser
import CPerf
import Glibc
import Reporting

/// The program: nothing but its subcommands.
struct Truecount: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "truecount",
        abstract: "Does this kernel, on this CPU, count every branch when the counter interrupts?",
        discussion: """
            Runs machine code whose branch counts are known in advance, once left alone and once interrupted by counter \
            overflows, and compares the counts. Tools such as rr depend on these counts being exact.

            Start with:  truecount diagnose
            """,
        version: "\(Tool.current.name) \(Tool.current.version)",
        subcommands: [
            DiagnoseCommand.self, InfoCommand.self, ExplainCommand.self, ReportCommand.self, CompareCommand.self,
            GateCommand.self, RecipeCommand.self, ListCommand.self, VerifyCommand.self, ExperimentsCommand.self,
            ManCommand.self,
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
            var command = try Truecount.parseAsRoot(arguments)
            try command.run()
            return .success
        } catch {
            return conclude(error)
        }
    }

    /// Says what went wrong, in one line, and gives the exit code for it.
    private static func conclude(_ error: any Error) -> ExitStatus {
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
            return show(Truecount.fullMessage(for: error))
        case .validationFailure:
            StandardStreams.complain(
                "\(message.hasSuffix(".") ? String(message.dropLast()) : message); see truecount --help")
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
    static let all: [String] = {
        var count: CInt = 0
        guard let values = cperf_arguments(&count), count > 0 else { return Array(CommandLine.arguments.dropFirst()) }
        return (1..<max(1, Int(count))).compactMap { values[$0].map { String(cString: $0) } }
    }()
}
