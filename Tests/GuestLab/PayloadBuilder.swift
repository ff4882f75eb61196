import Foundation

/// Makes the folder that becomes `/payload` in a guest: a static truecount, and what reads the PMU's truth.
struct PayloadBuilder: Sendable {
    let sources: URL
    let staticBinary: URL?

    private var package: URL { sources.deletingLastPathComponent().deletingLastPathComponent() }
    private var scratch: URL { package.appendingPathComponent(".build-static") }

    func build() async throws -> URL {
        let payload = scratch.appendingPathComponent("guest-payload")
        try? FileManager.default.removeItem(at: payload)
        try FileManager.default.createDirectory(at: payload, withIntermediateDirectories: true)
        let truecount = payload.appendingPathComponent("truecount")
        if let staticBinary {
            try FileManager.default.copyItem(at: staticBinary, to: truecount)
        } else {
            let built = try await buildStatically()
            // Symbols would only make the guest's memory image larger.
            try await tool("strip", ["-o", truecount.path, built.path])
        }
        let folder = sources.appendingPathComponent("Payload")
        try FileManager.default.copyItem(
            at: folder.appendingPathComponent("diagnose.sh"), to: payload.appendingPathComponent("diagnose.sh"))
        try await tool(
            "cc",
            [
                "-O2", "-static", "-o", payload.appendingPathComponent("groundtruth").path,
                folder.appendingPathComponent("groundtruth.c").path,
            ])
        return payload
    }

    /// The package's own executable, in a build folder of its own: SwiftPM does nothing if it is up to date.
    private func buildStatically() async throws -> URL {
        try await tool(
            "swift",
            [
                "build", "--package-path", package.path, "--scratch-path", scratch.path, "-c", "release",
                "--product", "truecount", "-Xswiftc", "-static-executable",
            ])
        return scratch.appendingPathComponent("release").appendingPathComponent("truecount")
    }

    private func tool(_ name: String, _ arguments: [String]) async throws {
        let run = try await runSubprocess(URL(fileURLWithPath: "/usr/bin/env"), [name] + arguments)
        guard run.status == 0 else {
            throw GuestLabError.failed("\(name), exit status \(run.status): \(run.errors)\(run.output.suffix(2000))")
        }
    }
}
