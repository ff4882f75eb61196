import Foundation
import Testing

@Suite("A tracer that is killed")
struct KilledTracerTests {
    /// Swift comes with one, beside its own compiler.
    private static let clang =
        (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map { "\($0)/clang" }
        .first(where: FileManager.default.isExecutableFile) ?? "clang"

    @Test(
        "It leaves no child, wherever in the program it was",
        .enabled(
            if: FileManager.default.isExecutableFile(atPath: clang), "clang, which builds the tracer, is not there"))
    func leavesNone() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("truecount-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(at: folder) }
        let program = folder.appendingPathComponent("tracer").path
        let here = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        let root = here.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path
        let code = "\(root)/Sources/CPerf"
        let built = try Self.run(
            Self.clang,
            [
                "-O1", "-I\(code)/include", "-o", program, "\(here.path)/Oracle/killed_tracer.c",
                "\(code)/recorded_program.c", "\(code)/traced_child.c", "\(code)/interruption.c",
                "\(code)/recorded_program/x86_64.S",
                "\(code)/recorded_program/aarch64.S",
            ])
        try #require(built == 0)
        #expect(try Self.run(program, []) == 0)
    }

    private static func run(_ program: String, _ arguments: [String]) throws -> Int32 {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus
    }
}
