import Foundation
import Testing

@Suite("Every command in the README, the documentation and the help")
struct DocsCommandTests {
    /// The files that commands name, and that would come from an earlier command or another machine.
    private static let reports = [
        "report.json": "6.12.95-healthy-skid0to40", "before.json": "6.12.95-healthy-skid0to40",
        "after.json": "5.10.262-v4pmi-on-skid10", "good.json": "6.12.95-healthy-skid0to40",
        "bad.json": "5.10.262-v4pmi-on-skid10", "new.json": "5.10.262-v4pmi-on-skid10",
        "stock.json": "5.10.262-v4pmi-on-skid10", "6.12.json": "6.12.95-induced", "7.2.json": "7.2.13-induced",
        "r.json": "7.2.13-induced",
    ]

    private func run(_ command: String, in folder: String) throws -> ProgramOutcome {
        let program = Program.truecount.path
        let path = "\(program.prefix(upTo: program.lastIndex(of: "/") ?? program.startIndex)):/usr/bin:/bin"
        return try Program(path: "bash").launched(by: "env", "-C", folder).run(
            ["-uc", command], environment: ["PATH": path, "HOME": folder], limit: 1200)
    }

    private static let timeline = "truecount experiments record --pmu breakpoint --events 100 --output"

    /// Verdicts are this machine's; that the command is one is what is asked. What comes to no verdict has to succeed.
    private static func expected(of command: String) -> [Termination] {
        let decides = ["diagnose", "gate", "experiments"].contains {
            command.contains("truecount \($0)")
        }
        guard decides else { return command.contains("grep") ? [.exited(0), .exited(1)] : [.exited(0)] }
        let verdicts: [Termination] = [.exited(0), .exited(1), .exited(3), .exited(4)]
        return command.contains("--exit-codes bisect") ? verdicts + [.exited(125)] : verdicts
    }

    @Test("runs", arguments: DocumentedCommand.all.filter { $0.reasonNotToRun == nil })
    func runs(documented: DocumentedCommand) throws {
        let folder = try TemporaryFolder()
        for (name, kept) in Self.reports where documented.runnable.contains(where: { $0.contains(name) }) {
            try FileManager.default.copyItem(
                atPath: "\(SampleReports.root)/results/lab/\(kept).json", toPath: "\(folder.path)/\(name)")
        }
        if documented.runnable.contains(where: { $0.contains("--fleet reports") }) {
            try FileManager.default.createDirectory(atPath: "\(folder.path)/reports", withIntermediateDirectories: true)
            for (name, kept) in Self.reports {
                try FileManager.default.copyItem(
                    atPath: "\(SampleReports.root)/results/lab/\(kept).json", toPath: "\(folder.path)/reports/\(name)")
            }
        }
        for name in ["program.timeline", "other-kernel.timeline"]
        where documented.text.contains(name) && !documented.text.contains("record") {
            #expect(try run("\(Self.timeline) \(name)", in: folder.path).termination == .exited(0))
        }
        for command in documented.runnable {
            let outcome = try run(command, in: folder.path)
            #expect(Self.expected(of: command).contains(outcome.termination), "\(command): \(outcome.termination)")
            // A freeze can be induced only where there is a PMU: elsewhere the command says so and ends.
            if command.contains("--induce"), outcome.errors.contains("there is no core PMU here") { continue }
            let complaints = outcome.errorLines.filter { $0.hasPrefix("truecount: ") }
            #expect(complaints.isEmpty, "\(command): \(complaints)")
            // grep may have nothing to find, and a bare workload says nothing.
            let mayBeSilent = ["--output", "grep", "truecount workload"].contains { command.contains($0) }
            #expect(!outcome.output.isEmpty || mayBeSilent, "\(command)")
        }
    }

    @Test("A mistake in a documented command would be seen")
    func mistake() throws {
        let folder = try TemporaryFolder()
        let documented = DocumentedCommand(text: "truecount list formats --mistyped", page: "")
        let outcome = try run(documented.runnable[0], in: folder.path)
        #expect(outcome.termination == .exited(64) && outcome.errors.hasPrefix("truecount: "))
    }

    @Test("is found where it stands, and the table of what is not run holds nothing that is gone")
    func table() {
        let texts = DocumentedCommand.all.map(\.text)
        #expect(texts.count > 60)
        for text in ["truecount explain [FAULT]", "truecount verify | grep DIFFERS", "truecount diagnose --quick"] {
            #expect(texts.contains(text), "\(text)")
        }
        for (start, reason) in DocumentedCommand.notRun {
            #expect(texts.contains { $0.hasPrefix(start) }, "\(start): \(reason)")
        }
    }
}
