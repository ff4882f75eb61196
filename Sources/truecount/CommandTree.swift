import ArgumentParser

/// The commands by their names, as a command line leads through them.
enum CommandTree {
    /// The commands that a command line names, without the program: `["experiments", "record"]`.
    ///
    /// ArgumentParser shows its whole help for `help nosuch`, and calls a misspelt command an unexpected argument.
    ///
    /// - Throws: a usage failure for a command that does not exist, with the nearest ones.
    static func path(_ arguments: [String]) throws(Failure) -> [String] {
        let words = Array(arguments.prefix { !$0.hasPrefix("-") })
        guard words.first == "help" else { return try descend(words, needsAll: false) }
        return try descend(Array(words.drop { $0 == "help" }), needsAll: true)
    }

    /// The path as far as it leads, for a message about a command line that may be wrong anywhere.
    static func longestPath(_ arguments: [String]) -> [String] {
        var words = Array(arguments.prefix { !$0.hasPrefix("-") })
        while !words.isEmpty {
            if let path = try? descend(words, needsAll: false) { return path }
            words.removeLast()
        }
        return []
    }

    /// - Parameter needsAll: whether every word has to be a command, even behind one without subcommands.
    private static func descend(_ words: [String], needsAll: Bool) throws(Failure) -> [String] {
        var command: any ParsableCommand.Type = Truecount.self
        var path: [String] = []
        for word in words {
            let below = command.configuration.subcommands
            guard !below.isEmpty || needsAll else { break }
            var next: (any ParsableCommand.Type)?
            for candidate in below where candidate._commandName == word { next = candidate }
            guard let next else {
                var shown: [String] = []
                for candidate in below where candidate.configuration.shouldDisplay {
                    shown.append(candidate._commandName)
                }
                let help = (["truecount"] + path + ["--help"]).joined(separator: " ")
                let name = (path + [word]).joined(separator: " ")
                throw Failure.unknown("command", name, among: shown, word: word, lister: help)
            }
            path.append(word)
            command = next
        }
        return path
    }
}
