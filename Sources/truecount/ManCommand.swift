import ArgumentParser
import FoundationEssentials
import Reporting

/// ArgumentParser's own GenerateManual is a plugin of the build and writes mdoc only: with the static binary alone
/// nobody could run it, and docs/commands.md would need a second generator beside it.
struct ManCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "man",
        abstract: "Print the manual page, made of the commands' own help.",
        discussion: """
            For shell completion, see --generate-completion-script (bash, zsh or fish) in docs/quick-start.md.

            Examples:
              truecount man --output truecount.1
              truecount man | man --local-file -
              truecount man --format markdown

            Exit codes: 0, or 64 for wrong usage, 74 if the output could not be written.
            """,
        shouldDisplay: false)

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case roff, markdown
    }

    @Option(help: "roff for man(1), markdown for docs/commands.md.")
    var format: Format = .roff

    @OptionGroup var file: FileOption

    func run() throws {
        let destination = try file.destination()
        let program = try CommandDescription.ofProgram()
        let text =
            switch format {
            case .roff: ManualPage.render(program)
            case .markdown: CommandReference.render(program)
            }
        try StandardStreams.write(Array(text.utf8), to: destination)
    }
}

/// A command as ArgumentParser describes it to programs: what it writes for `--experimental-dump-help`, of which only what a
/// manual shows is read.
private struct CommandDescription: Decodable {
    struct Argument: Decodable {
        struct Name: Decodable {
            var kind: String
            var name: String

            var text: String { kind == "long" ? "--\(name)" : "-\(name)" }
        }

        /// "positional", "option" or "flag".
        var kind: String
        var shouldDisplay: Bool
        var isOptional: Bool
        var isRepeating: Bool
        var names: [Name]?
        var valueName: String?
        var defaultValue: String?
        var allValues: [String]?
        var abstract: String?

        var isPositional: Bool { kind == "positional" }

        /// As it is typed: `-o, --output FILE`, or the name of an argument without dashes.
        func heading(value: (String) -> String) -> String {
            guard !isPositional else { return value(valueName ?? "") }
            let names = (names ?? []).map(\.text).joined(separator: ", ")
            return kind == "flag" ? names : "\(names) \(value(valueName ?? ""))"
        }

        /// What `--help` says behind the name.
        var explanation: String {
            let values = (allValues ?? []).isEmpty ? nil : "values: \((allValues ?? []).joined(separator: ", "))"
            let parts = [values, defaultValue.map { "default: \($0)" }].compactMap(\.self)
            return parts.isEmpty ? abstract ?? "" : "\(abstract ?? "") (\(parts.joined(separator: "; ")))"
        }

        /// Its part of a synopsis.
        var usage: String {
            let value = (valueName ?? "").uppercased()
            let text =
                isPositional ? value : "\(names?.last?.text ?? "")\(kind == "flag" ? "" : " \(value)")"
            let repeated = isRepeating ? "\(text) ..." : text
            return isOptional ? "[\(repeated)]" : repeated
        }
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

    /// Options that every command has, and that are told once, with the program's.
    private static let common: Set<String> = ["--help", "--version"]

    /// The program's whole text, in reading order.
    var manual: [ManualElement] {
        [.paragraph(abstract ?? "")] + ManualElement.blocks(of: discussion ?? "")
    }

    /// Those of its commands, and of the ones below them. `help` is ArgumentParser's own, and explains what the manual is.
    func manualOfSubcommands(prefix: String, level: Int = 2) -> [ManualElement] {
        (subcommands ?? []).filter { $0.shouldDisplay && $0.commandName != "help" }.flatMap { command in
            let name = "\(prefix) \(command.commandName)"
            let own = command.shownArguments.filter { argument in
                !(argument.names ?? []).contains { Self.common.contains($0.text) }
            }
            let below = command.manualOfSubcommands(prefix: name, level: level + 1)
            let usage = (below.isEmpty ? [name] : ["\(name) COMMAND"]) + own.map(\.usage)
            return [.heading(name, level: level), .paragraph(command.abstract ?? ""), .synopsis(usage)]
                + ManualElement.blocks(of: command.discussion ?? "") + (own.isEmpty ? [] : [.options(own)]) + below
        }
    }

    var shownArguments: [Argument] { (arguments ?? []).filter(\.shouldDisplay) }
}

/// A piece of the manual, whatever the format.
private enum ManualElement {
    case heading(String, level: Int)
    /// Text that may be filled anew.
    case paragraph(String)
    /// Lines that stay as they are.
    case verbatim([String])
    /// The command's name, then an option or argument each.
    case synopsis([String])
    case options([CommandDescription.Argument])

    /// In help, what stays as it is is set in by two spaces.
    static func blocks(of text: String) -> [ManualElement] {
        text.split(separator: "\n\n").flatMap { block -> [ManualElement] in
            var elements: [ManualElement] = []
            for line in block.split(separator: "\n") {
                switch (elements.last, line.hasPrefix("  ")) {
                case (.verbatim(let lines)?, true):
                    elements[elements.count - 1] = .verbatim(lines + [String(line.dropFirst(2))])
                case (_, true): elements.append(.verbatim([String(line.dropFirst(2))]))
                case (.paragraph(let start)?, false): elements[elements.count - 1] = .paragraph("\(start) \(line)")
                default: elements.append(.paragraph(String(line)))
                }
            }
            return elements
        }
    }
}

/// docs/commands.md.
private enum CommandReference {
    static func render(_ program: CommandDescription) -> String {
        let elements =
            [
                .heading("Commands", level: 1),
                .paragraph(
                    "Made of the program's own help by `truecount man --format markdown`: change the help, not this page."
                ),
            ] + program.manual + program.manualOfSubcommands(prefix: program.commandName) + [
                .heading("Options of every command", level: 2), .options(program.shownArguments),
            ]
        return elements.flatMap(lines).dropLast().joined(separator: "\n") + "\n"
    }

    private static func lines(_ element: ManualElement) -> [String] {
        switch element {
        case .heading(let name, let level): ["\(String(repeating: "#", count: level)) \(name)", ""]
        case .paragraph(let text): [escaped(text), ""]
        case .verbatim(let lines):
            ["```\(lines.contains { $0.hasPrefix("truecount ") } ? "sh" : "text")"] + lines + ["```", ""]
        case .synopsis: []
        case .options(let arguments): ["| option | |", "|---|---|"] + arguments.map(row) + [""]
        }
    }

    private static func row(_ argument: CommandDescription.Argument) -> String {
        let heading = argument.heading { "<\($0)>" }.replacing("|", with: "\\|")
        let repeated = argument.isRepeating ? " ..." : ""
        return "| `\(heading)\(repeated)` | \(escaped(argument.explanation).replacing("|", with: "\\|")) |"
    }

    /// What Markdown would take for itself; help has no other of its marks.
    private static func escaped(_ text: String) -> String {
        text.replacing("*", with: "\\*").replacing("<", with: "\\<").replacing("_", with: "\\_")
    }
}

/// truecount(1), in the language of man(7).
private struct ManualPage {
    private var lines: [String] = []
    private var isBehindHeading = true

    static func render(_ program: CommandDescription) -> String {
        // No date: the same source makes the same page.
        var page = ManualPage()
        page.lines = [
            ".TH TRUECOUNT 1 \"\" \"truecount \(Tool.current.version)\" \"User Commands\"",
            ".SH NAME", "truecount \\- \(escaped(program.abstract ?? ""))",
            ".SH SYNOPSIS", ".B truecount", "\\fICOMMAND\\fR [\\fIOPTION\\fR ...] [\\fIARGUMENT\\fR ...]",
        ]
        let elements =
            [.heading("DESCRIPTION", level: 1)] + program.manual.dropFirst()
            + [.heading("COMMANDS", level: 1)] + program.manualOfSubcommands(prefix: program.commandName)
            + [
                .heading("OPTIONS OF EVERY COMMAND", level: 1), .options(program.shownArguments),
                .heading("EXIT STATUS", level: 1),
                .paragraph("Each command names its own above; diagnose has them all."),
            ]
        for element in elements { page.add(element) }
        page.lines += [".SH SEE ALSO", ".BR perf_event_open (2),", ".BR perf (1),", ".BR rr (1)"]
        return page.lines.joined(separator: "\n") + "\n"
    }

    private mutating func add(_ element: ManualElement) {
        let startsParagraph = !isBehindHeading
        isBehindHeading = false
        switch element {
        case .heading(let name, let level):
            lines.append("\(level == 1 ? ".SH" : ".SS") \(Self.escaped(name))")
            isBehindHeading = true
        case .paragraph(let text):
            if startsParagraph { lines.append(".PP") }
            lines += Self.filled(text)
        case .verbatim(let text):
            lines += [".PP", ".nf"] + text.map { "    " + Self.escaped($0) } + [".fi"]
        case .synopsis(let usage):
            lines += [".PP", ".nf"]
            lines += usage.enumerated().map { $0 == 0 ? "\\fB\(Self.escaped($1))\\fR" : "    " + Self.escaped($1) }
            lines.append(".fi")
        case .options(let arguments):
            for argument in arguments {
                lines += [".TP", "\\fB\(Self.escaped(argument.heading { $0.uppercased() }))\\fR"]
                lines += Self.filled(argument.explanation)
            }
        }
    }

    /// A backslash begins an escape; a minus that is typed is not the hyphen that a bare `-` is set as (groff_char(7)); a
    /// period or an apostrophe at the start of a line would be a request.
    private static func escaped(_ text: String) -> String {
        let escaped = text.replacing("\\", with: "\\e").replacing("-", with: "\\-")
        return escaped.hasPrefix(".") || escaped.hasPrefix("'") ? "\\&" + escaped : escaped
    }

    /// Lines of at most 80 characters: troff fills them anew.
    private static func filled(_ text: String) -> [String] {
        var lines: [String] = []
        for word in text.split(separator: " ").map({ escaped(String($0)) }) {
            if let last = lines.last, last.count + 1 + word.count <= 80 {
                lines[lines.count - 1] = "\(last) \(word)"
            } else {
                lines.append(word)
            }
        }
        return lines
    }
}
