import Reporting

/// truecount(1), in the language of man(7), made of the commands' own help.
struct ManualPage {
    private var lines: [String] = []

    static func render(_ program: CommandDescription) -> String {
        var page = ManualPage()
        page.head(program)
        page.macro(".SH COMMANDS")
        page.commands(program.shownSubcommands, prefix: program.commandName)
        page.tail(program)
        return page.lines.joined(separator: "\n") + "\n"
    }

    private mutating func head(_ program: CommandDescription) {
        // No date: the same source makes the same page.
        macro(".TH TRUECOUNT 1 \"\" \"truecount \(Tool.current.version)\" \"User Commands\"")
        macro(".SH NAME")
        macro("truecount \\- \(Self.escaped(program.abstract ?? ""))")
        macro(".SH SYNOPSIS")
        macro(".B truecount")
        macro("\\fICOMMAND\\fR [\\fIOPTION\\fR ...] [\\fIARGUMENT\\fR ...]")
        macro(".SH DESCRIPTION")
        discussion(program.discussion, afterHeading: true)
    }

    /// A command that only has commands below it is a heading of theirs.
    private mutating func commands(_ commands: [CommandDescription], prefix: String) {
        for command in commands {
            let name = "\(prefix) \(command.commandName)"
            macro(".SS \(Self.escaped(name))")
            text(command.abstract ?? "")
            synopsis(command, name: name)
            discussion(command.discussion, afterHeading: false)
            for argument in command.ownArguments {
                macro(".TP")
                macro(
                    argument.isPositional
                        ? "\\fI\(Self.escaped((argument.valueName ?? "").uppercased()))\\fR"
                        : "\\fB"
                            + argument.heading { "\\fI\(Self.escaped($0.uppercased()))\\fR" }.replacing(
                                "-", with: "\\-")
                            + "\\fR")
                text(argument.explanation)
            }
            self.commands(command.shownSubcommands, prefix: name)
        }
    }

    private mutating func synopsis(_ command: CommandDescription, name: String) {
        macro(".PP")
        macro(".nf")
        macro("\\fB\(Self.escaped(name))\\fR \(command.shownSubcommands.isEmpty ? "" : "\\fICOMMAND\\fR")".trimmed)
        for argument in command.ownArguments { macro("    " + Self.escaped(argument.usage { $0.uppercased() })) }
        macro(".fi")
    }

    private mutating func tail(_ program: CommandDescription) {
        macro(".SH OPTIONS OF EVERY COMMAND")
        for argument in program.shownArguments {
            macro(".TP")
            macro("\\fB\(Self.escaped(argument.heading { $0.uppercased() }))\\fR")
            text(argument.explanation)
        }
        macro(".SH EXIT STATUS")
        text("Each command names its own above; diagnose has them all.")
        macro(".SH SEE ALSO")
        macro(".BR perf_event_open (2),")
        macro(".BR perf (1),")
        macro(".BR rr (1)")
    }

    private mutating func discussion(_ text: String?, afterHeading: Bool) {
        for (index, block) in DiscussionBlock.blocks(of: text ?? "").enumerated() {
            if index > 0 || !afterHeading { macro(".PP") }
            switch block {
            case .paragraph(let paragraph): self.text(paragraph)
            case .verbatim(let lines):
                macro(".nf")
                for line in lines { macro("    " + Self.escaped(line)) }
                macro(".fi")
            }
        }
    }

    private mutating func text(_ text: String) { lines.append(contentsOf: Self.filled(Self.escaped(text))) }

    private mutating func macro(_ line: String) { lines.append(line) }

    /// A backslash begins an escape; a minus that is typed is not the hyphen that a bare `-` is set as (groff_char(7)); a
    /// period or an apostrophe at the start of a line would be a request.
    static func escaped(_ text: String) -> String {
        let escaped = text.replacing("\\", with: "\\e").replacing("-", with: "\\-")
        return escaped.hasPrefix(".") || escaped.hasPrefix("'") ? "\\&" + escaped : escaped
    }

    /// Lines of at most 80 characters: troff fills them anew.
    private static func filled(_ text: String) -> [String] {
        var lines: [String] = []
        for word in text.split(separator: " ") {
            if let last = lines.last, last.count + 1 + word.count <= 80 {
                lines[lines.count - 1] = "\(last) \(word)"
            } else {
                lines.append(word.hasPrefix(".") || word.hasPrefix("'") ? "\\&\(word)" : String(word))
            }
        }
        return lines
    }
}

extension String {
    fileprivate var trimmed: String { String(reversed().drop { $0 == " " }.reversed()) }
}
