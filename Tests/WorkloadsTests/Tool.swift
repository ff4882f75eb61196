import Foundation
import Testing

/// A program of the system that a test asks for its opinion.
struct Tool {
    let path: String

    /// Nil where it is not on the search path.
    init?(_ name: String) {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        guard let found = folders.map({ "\($0)/\(name)" }).first(where: FileManager.default.isExecutableFile)
        else { return nil }
        path = found
    }

    init(path: String) {
        self.path = path
    }

    struct Result {
        var status: Int32
        var output: String
    }

    /// Runs it to its end; the output is both streams together.
    func run(_ arguments: [String]) throws -> Result {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        process.standardOutput = pipe
        process.standardError = pipe
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return Result(status: process.terminationStatus, output: String(decoding: output, as: UTF8.self))
    }
}

/// A folder of a test's own, removed with this value.
struct ScratchFolder: ~Copyable {
    let path: String

    init() throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("truecount-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.path
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }
}

/// Where the sources of this package lie.
enum PackageSources {
    static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

    /// The folder of the assembly for the architecture for which this is built.
    static let architecture: String = {
        #if arch(x86_64)
            "x86_64"
        #else
            "aarch64"
        #endif
    }()

    /// Builds a C program of the folder Oracle together with the workloads and the traced child.
    ///
    /// Without debug information: valgrind gives up on what a newer compiler than itself writes.
    static func build(_ source: String, with clang: Tool, in folder: String) throws -> String {
        let program = "\(folder)/program"
        let code = "\(root)/Sources/CPerf"
        let arguments = [
            "-O1", "-I\(code)/include", "-o", program, "\(root)/Tests/WorkloadsTests/Oracle/\(source)",
            "\(code)/workload.c", "\(code)/traced_child.c", "\(code)/interruption.c",
        ]
        let result = try clang.run(arguments + assemblyFiles(architecture))
        try #require(result.status == 0, "\(result.output)")
        return program
    }

    static func assemblyFiles(_ architecture: String) throws -> [String] {
        let folder = "\(root)/Sources/CPerf/\(architecture)"
        return try FileManager.default.contentsOfDirectory(atPath: folder)
            .filter { $0.hasSuffix(".S") }.sorted().map { "\(folder)/\($0)" }
    }
}
