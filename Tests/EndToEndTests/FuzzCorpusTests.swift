import Foundation
import Testing

@testable import fuzz

/// The inputs that `Tests/Soak/soak fuzz` found worth keeping: each takes a way through a reader that no other takes.
@Suite("What a fuzzer found is read again, and nothing crashes")
struct FuzzCorpusTests {
    private let tool = Program(path: Program.builtPath("fuzz"))

    @Test("Each reader, in a process of its own", arguments: FuzzTarget.allCases.map(\.rawValue))
    func replay(target: String) throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Soak/Corpus/\(target)")
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        #expect(!files.isEmpty)
        let run = try tool.run([target] + files.map(\.path))
        #expect(run.termination == .exited(0), "\(run.errors)")
    }

    @Test("A file that is not there is no input that was read")
    func missing() throws {
        #expect(try tool.run(["cpus", "/nonexistent"]).termination == .exited(1))
        #expect(try tool.run(["nosuch"]).termination == .exited(64))
    }
}
