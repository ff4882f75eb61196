/// docs/commands.md: the same help as the manual page's, in Markdown.
enum CommandReference {
    static func render(_ program: CommandDescription) -> String {
        var lines = [
            "# Commands", "",
            "Made of the program's own help by `truecount man --format markdown`: change the help, not this page.", "",
            program.abstract ?? "", "",
        ]
        lines += discussion(program.discussion)
        lines += commands(program.shownSubcommands, prefix: program.commandName, level: 2)
        lines += ["## Options of every command", "", "| option | |", "|---|---|"]
        lines += program.shownArguments.map(row)
        return lines.joined(separator: "\n") + "\n"
    }

    private static func commands(_ commands: [CommandDescription], prefix: String, level: Int) -> [String] {
        commands.flatMap { command in
            let name = "\(prefix) \(command.commandName)"
            var lines = ["\(String(repeating: "#", count: level)) \(name)", "", escaped(command.abstract ?? ""), ""]
            lines += discussion(command.discussion)
            if !command.ownArguments.isEmpty {
                lines += ["| option | |", "|---|---|"] + command.ownArguments.map(row) + [""]
            }
            return lines + self.commands(command.shownSubcommands, prefix: name, level: level + 1)
        }
    }

    private static func row(_ argument: CommandDescription.Argument) -> String {
        let heading = argument.heading { "<\($0)>" }.replacing("|", with: "\\|")
        let repeated = argument.isRepeating ? " ..." : ""
        return "| `\(heading)\(repeated)` | \(escaped(argument.explanation).replacing("|", with: "\\|")) |"
    }

    private static func discussion(_ text: String?) -> [String] {
        DiscussionBlock.blocks(of: text ?? "").flatMap { block in
            switch block {
            case .paragraph(let paragraph): [escaped(paragraph), ""]
            case .verbatim(let lines):
                ["```\(lines.contains { $0.hasPrefix("truecount ") } ? "sh" : "text")"] + lines + ["```", ""]
            }
        }
    }

    /// What Markdown would take for itself; help has no other of its marks.
    private static func escaped(_ text: String) -> String {
        text.replacing("*", with: "\\*").replacing("<", with: "\\<").replacing("_", with: "\\_")
    }
}
