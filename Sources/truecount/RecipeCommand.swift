import ArgumentParser
import Glibc
import Recipes
import Reporting

struct RecipeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recipe",
        abstract: "Print ready-made files for git bisect, CI systems and fleets.",
        discussion: """
            Without a name, lists the recipes. With a name, prints its files; if there are several, a line with the file's \
            name comes before each. The first file begins with what the recipe needs and how to use it.

            Examples:
              truecount recipe
              truecount recipe lava
              truecount recipe systemd truecount-diagnose.timer
              truecount recipe bisect --output bisect

            Exit codes: 0, or 64 for an unknown name, 74 if the output could not be written.
            """)

    @Argument(help: "The recipe.", completion: .list(Recipe.all.map(\.name)))
    var name: String?

    @Argument(
        help: "Print only this file of the recipe.", completion: .list(Recipe.all.flatMap { $0.files.map(\.name) }))
    var file: String?

    @Flag(help: "List the recipes. This is what happens without a name, too.")
    var list = false

    @Option(
        name: [.customShort("o"), .long],
        help: ArgumentHelp(
            "Write the files into this directory under their own names. Existing files are replaced.",
            valueName: "directory"),
        completion: .directory)
    var output: String?

    func validate() throws {
        if list, name != nil { throw ValidationError("--list lists all recipes and takes no name") }
        if output != nil, name == nil { throw ValidationError("--output needs the name of a recipe") }
    }

    func run() throws {
        guard let name else { return try StandardStreams.show(Self.listing) }
        let recipe = try Self.known(name, among: Recipe.all.map(\.name), "recipe", "truecount recipe", Recipe.named)
        let files = try chosen(from: recipe)
        if let output { return try write(files, to: output) }
        var bytes: [UInt8] = []
        for file in files {
            if files.count > 1 { bytes += Array("==> \(file.name) <==\n".utf8) }
            bytes += file.bytes
            if files.count > 1, file.name != files.last?.name { bytes.append(UInt8(ascii: "\n")) }
        }
        try StandardStreams.write(bytes, to: .standardOutput)
    }

    private static var listing: String {
        var table = TextTable()
        for recipe in Recipe.all { table.add(recipe.name, recipe.purpose) }
        return table.render()
    }

    private func chosen(from recipe: Recipe) throws(Failure) -> [Recipe.File] {
        guard let file else { return recipe.files }
        return [
            try Self.known(file, among: recipe.files.map(\.name), "file", "truecount recipe \(recipe.name)") { name in
                recipe.files.first { $0.name == name }
            }
        ]
    }

    private static func known<Item>(
        _ name: String, among names: [String], _ kind: String, _ lister: String, _ find: (String) -> Item?
    ) throws(Failure) -> Item {
        if let item = find(name) { return item }
        throw .unknown(kind, name, among: names, lister: lister)
    }

    /// Scripts may be executed by whoever may read them.
    private func write(_ files: [Recipe.File], to directory: String) throws {
        if mkdir(directory, 0o777) != 0, errno != EEXIST {
            throw Failure(
                status: .inputOutput, message: "cannot make \(directory): \(String(cString: strerror(errno)))")
        }
        for file in files {
            let path = "\(directory)/\(file.name)"
            try OutputDestination(path: path).write(file.bytes)
            guard file.isExecutable else { continue }
            var status = stat()
            guard stat(path, &status) == 0, chmod(path, status.st_mode | (status.st_mode & 0o444) >> 2) == 0 else {
                throw Failure(
                    status: .inputOutput,
                    message: "cannot make \(path) executable: \(String(cString: strerror(errno)))")
            }
        }
    }
}
