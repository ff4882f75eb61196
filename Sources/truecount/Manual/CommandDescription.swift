import ArgumentParser
import FoundationEssentials

/// A command as ArgumentParser describes it to programs: what it writes for `--experimental-dump-help`, of which only
/// what a manual shows is read.
struct CommandDescription: Decodable {
    struct Argument: Decodable {
        enum Kind: String, Decodable {
            case positional, option, flag
        }

        struct Name: Decodable {
            enum Kind: String, Decodable {
                case long, short, longWithSingleDash
            }

            var kind: Kind
            var name: String

            var text: String { kind == .long ? "--\(name)" : "-\(name)" }
        }

        var kind: Kind
        var shouldDisplay: Bool
        var isOptional: Bool
        var isRepeating: Bool
        var names: [Name]?
        var valueName: String?
        var defaultValue: String?
        var allValues: [String]?
        var abstract: String?

        var isPositional: Bool { kind == .positional }
    }

    private struct Document: Decodable {
        var command: CommandDescription
    }

    var commandName: String
    var abstract: String?
    var discussion: String?
    var shouldDisplay: Bool
    var arguments: [Argument]?
    var subcommands: [CommandDescription]?

    var shownArguments: [Argument] { (arguments ?? []).filter(\.shouldDisplay) }

    /// `help` is ArgumentParser's own, and explains what the manual is.
    var shownSubcommands: [CommandDescription] {
        (subcommands ?? []).filter { $0.shouldDisplay && $0.commandName != "help" }
    }

    /// Options that every command has, and that are told once.
    static let common: Set<String> = ["--help", "--version"]

    var ownArguments: [Argument] {
        shownArguments.filter { argument in
            !(argument.names ?? []).contains { Self.common.contains($0.text) }
        }
    }

    /// The whole program.
    static func ofProgram() throws -> CommandDescription {
        do {
            _ = try Truecount.parseAsRoot(["--experimental-dump-help"])
        } catch {
            let text = Truecount.fullMessage(for: error)
            return try JSONDecoder().decode(Document.self, from: Data(text.utf8)).command
        }
        throw Failure.software("the description of the commands could not be made")
    }
}

extension CommandDescription.Argument {
    /// As it is typed: `-o, --output FILE`, or the name of an argument without dashes.
    func heading(value: (String) -> String) -> String {
        guard !isPositional else { return value(valueName ?? "") }
        let names = (names ?? []).map(\.text).joined(separator: ", ")
        return kind == .flag ? names : "\(names) \(value(valueName ?? ""))"
    }

    /// What `--help` says behind the name.
    var explanation: String {
        var parts: [String] = []
        if let allValues, !allValues.isEmpty { parts.append("values: \(allValues.joined(separator: ", "))") }
        if let defaultValue { parts.append("default: \(defaultValue)") }
        let text = abstract ?? ""
        return parts.isEmpty ? text : "\(text) (\(parts.joined(separator: "; ")))"
    }

    /// Its part of a synopsis.
    func usage(value: (String) -> String) -> String {
        let text =
            isPositional
            ? value(valueName ?? "") : "\(names?.last?.text ?? "")\(kind == .flag ? "" : " \(value(valueName ?? ""))")"
        let repeated = isRepeating ? "\(text) ..." : text
        return isOptional ? "[\(repeated)]" : repeated
    }
}
