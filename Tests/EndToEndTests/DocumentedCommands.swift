import Foundation

/// The commands that a person finds in the README, in `docs/` and in `--help` (by way of docs/commands.md).
struct DocumentedCommand: Hashable, CustomStringConvertible {
    var text: String
    var page: String

    var description: String { "\(page): \(text)" }

    static let pages: [String] =
        ["README.md"]
        + ((try? FileManager.default.contentsOfDirectory(atPath: "\(SampleReports.root)/docs")) ?? [])
        .filter { $0.hasSuffix(".md") }.sorted().map { "docs/\($0)" }

    static func text(ofPage page: String) throws -> String {
        try String(contentsOfFile: "\(SampleReports.root)/\(page)", encoding: .utf8)
    }

    /// Each command once: lines of ```sh blocks, lines that begin with "$ truecount" in other blocks, and lines that
    /// are set in by four spaces and begin with "truecount", which may have a remark behind two spaces.
    static let all: [DocumentedCommand] = {
        var seen: Set<String> = []
        return pages.flatMap { page in commands(in: (try? text(ofPage: page)) ?? "").map { Self(text: $0, page: page) }
        }
        .filter { seen.insert($0.text).inserted }
    }()

    private static func commands(in text: String) -> [String] {
        var commands: [String] = []
        var fence: Substring?
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("```") {
                fence = fence == nil ? line.dropFirst(3) : nil
            } else if fence == "sh" {
                commands.append(String(line))
            } else if fence != nil, line.hasPrefix("$ truecount") {
                commands.append(String(line.dropFirst(2)))
            } else if fence == nil, line.hasPrefix("    truecount") {
                let command = line.dropFirst(4)
                commands.append(String(command[..<(command.firstRange(of: "  ")?.lowerBound ?? command.endIndex)]))
            }
        }
        return commands
    }

    /// What is not run, by how it begins, and why.
    static let notRun: [(start: String, reason: String)] = [
        (
            "$(command -v sudo) sh -c 'apt-get",
            "needs root and a network; .ci/run takes it from the README's own fences"
        ),
        ("swift build", "takes minutes; the guest lab's tests and .ci/static-alone run it"),
        ("TRUECOUNT_LAB=on swift test", "the tests do not run themselves"),
        ("scp ", "needs another machine"),
        ("perf ", "needs perf and a core PMU; the guest lab's ReproductionTests run what a report prints"),
        ("  perf ", "goes on from the line before"),
    ]

    var reasonNotToRun: String? { Self.notRun.first { text.hasPrefix($0.start) }?.reason }

    /// What stands for something else, or would take too long; in this order.
    private static let substitutions: [(what: String, by: String)] = [
        ("ssh machine truecount", "truecount"), ("--cpu 4", "--cpu 0"), ("--cpu 0-3,8", "--cpu 0-0"),
        ("--cpu 2", "--cpu 0"),
        ("[--quick | --thorough]", "--quick"), ("--quick | --thorough", "--quick"), ("[FAULT]", "freeze-on-pmi"),
        ("[NAME]", "lava"),
        ("COMMAND", "diagnose"), ("BEFORE AFTER", "before.json after.json"), ("--fleet DIR", "--fleet reports"),
        ("GOOD", "good.json"),
        ("report FILE", "report report.json"), ("record --output FILE", "record --output program.timeline"),
        ("FILE", "file.json"),
        ("--thorough", "--quick"), ("--period 10007 --period 1000003", "--period 97 --period 389"),
        ("--events 100000", "--events 100"), ("--events 1000", "--events 100"), ("--targets 1000", "--targets 10"),
        ("docs/commands.md", "commands.md"),
    ]

    /// The same for whole commands: options that keep them short.
    private static let additions: [(start: String, unless: String, option: String)] = [
        ("truecount experiments", "--events", "--events 100"), ("truecount diagnose", "--quick", "--quick"),
        ("truecount gate", "--current", "-- --quick"),
    ]

    /// As a shell can run it, in a folder with the files that it names.
    var runnable: [String] {
        var command = text
        for (what, by) in Self.substitutions { command = command.replacing(what, with: by) }
        for (start, unless, option) in Self.additions where command.hasPrefix(start) && !command.contains(unless) {
            // A replay is as long as its recording.
            if command.contains("experiments replay") { continue }
            if option.hasPrefix("--"), command.contains(" -- "), option.contains("-- ") {
                command += option.dropFirst(2)
            } else {
                let head = command.prefix { $0 != "|" && $0 != ">" }
                let end = head.last == " " ? head.dropLast() : head
                command = "\(end) \(option)\(command.dropFirst(end.count))"
            }
        }
        // "list workloads|probes": one command each.
        guard let last = command.split(separator: " ").last, last.contains("|"), last.count > 1 else {
            return [command]
        }
        return last.split(separator: "|").map { "\(command.dropLast(last.count))\($0)" }
    }
}
