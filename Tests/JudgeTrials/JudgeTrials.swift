import ArgumentParser
import FoundationEssentials

/// Puts the judge on trial with faults planted in simulated PMUs: whether it names them, and how rare they may be.
@main
struct JudgeTrials: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "judge-trials",
        abstract: "Try the judge of diagnoses on faults that are planted in simulated PMUs.",
        subcommands: [MatrixCommand.self, PowerCommand.self])
}

struct ThreadOption: ParsableArguments {
    @Option(help: "Threads.")
    var threads: Int = 2

    func validate() throws {
        guard threads > 0 else { throw ValidationError("--threads begins at 1") }
    }
}

func sortedJSON(_ value: some Encodable) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    return try encoder.encode(value) + Data("\n".utf8)
}
