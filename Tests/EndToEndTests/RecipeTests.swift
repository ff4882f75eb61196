import Foundation
import Recipes
import Testing

@Suite("What recipe prints and writes")
struct RecipeTests {
    @Test("The list has a line for each recipe, with and without --list")
    func list() throws {
        let bare = try Program.truecount.run(["recipe"])
        #expect(bare.termination == .exited(0) && bare.errors.isEmpty)
        #expect(bare.output.split(separator: "\n").map { String($0.prefix { $0 != " " }) } == Recipe.all.map(\.name))
        #expect(try Program.truecount.run(["recipe", "--list"]).output == bare.output)
    }

    @Test("Every file of the tree is printed to the byte, and no file is forgotten", arguments: Recipe.all.map(\.name))
    func sameBytes(name: String) throws {
        let recipe = try #require(Recipe.named(name))
        let folder = RecipeFolder.path(name)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == recipe.files.map(\.name).sorted())
        for file in recipe.files {
            let path = "\(folder)/\(file.name)"
            #expect(try Array(Data(contentsOf: URL(fileURLWithPath: path))) == file.bytes, "\(path)")
            #expect(FileManager.default.isExecutableFile(atPath: path) == file.isExecutable, "\(path)")
            let printed = try Program.truecount.run(["recipe", name, file.name])
            #expect(printed.termination == .exited(0))
            #expect(Array(printed.output.utf8) == file.bytes, "\(path)")
        }
    }

    @Test("A recipe of one file is that file; of several, each follows its name")
    func severalFiles() throws {
        let one = try Program.truecount.run(["recipe", "lava"]).output
        #expect(try Array(one.utf8) == #require(Recipe.named("lava")?.files.first?.bytes))
        let several = try Program.truecount.run(["recipe", "systemd"]).output
        let headings = several.split(separator: "\n").filter { $0.hasPrefix("==> ") }
        #expect(
            headings
                == ["truecount-diagnose.service", "truecount-diagnose.timer", "truecount-history"].map {
                    "==> \($0) <=="
                })
    }

    @Test("--output writes the files, and what is a script may be executed")
    func written() throws {
        let folder = try TemporaryFolder()
        let outcome = try Program.truecount.run(["recipe", "systemd", "--output", "\(folder.path)/new"])
        #expect(outcome.termination == .exited(0) && outcome.output.isEmpty)
        let recipe = try #require(Recipe.named("systemd"))
        for file in recipe.files {
            let path = "\(folder.path)/new/\(file.name)"
            #expect(try Array(Data(contentsOf: URL(fileURLWithPath: path))) == file.bytes)
            #expect(FileManager.default.isExecutableFile(atPath: path) == file.isExecutable, "\(path)")
        }
    }

    @Test(
        "What there is not is refused in one line",
        arguments: [
            (["recipe", "bisekt"], Int32(64), "did you mean bisect?"),
            (["recipe", "bisect", "bisect-kernel"], 64, "did you mean bisect-kernels?"),
            (["recipe", "--list", "lava"], 64, "takes no name"), (["recipe", "--output", "x"], 64, "needs the name"),
            (["recipe", "lava", "--output", "/proc/none"], 74, "cannot make /proc/none"),
        ])
    func refused(arguments: [String], code: Int32, message: String) throws {
        let outcome = try Program.truecount.run(arguments)
        #expect(outcome.termination == .exited(code))
        #expect(outcome.errorLines.count == 1 && outcome.output.isEmpty)
        #expect(outcome.errors.contains(message), "\(outcome.errors)")
    }
}

/// The recipes of this checkout.
enum RecipeFolder {
    static func path(_ recipe: String, _ file: String? = nil) -> String {
        "\(SampleReports.root)/recipes/\(recipe)" + (file.map { "/\($0)" } ?? "")
    }
}
