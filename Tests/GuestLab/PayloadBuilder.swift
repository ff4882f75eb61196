import Foundation

/// Makes the folder that becomes `/payload` in a guest: a static truecount, and what reads the PMU's truth.
struct PayloadBuilder: Sendable {
    let sources: URL
    let architecture: GuestArchitecture
    let staticBinary: URL?

    private var package: URL { sources.deletingLastPathComponent().deletingLastPathComponent() }
    private var scratch: URL { package.appendingPathComponent(".build-static") }

    func build() async throws -> URL {
        let payload = scratch.appendingPathComponent("guest-payload-\(architecture.rawValue)")
        try? FileManager.default.removeItem(at: payload)
        try FileManager.default.createDirectory(at: payload, withIntermediateDirectories: true)
        let truecount = payload.appendingPathComponent("truecount")
        if let staticBinary {
            try FileManager.default.copyItem(at: staticBinary, to: truecount)
        } else {
            let built = try await buildStatically()
            // Symbols would only make the guest's memory image larger.
            try await tool(binutil("strip"), ["-o", truecount.path, built.path])
        }
        let folder = sources.appendingPathComponent("Payload")
        try FileManager.default.copyItem(
            at: folder.appendingPathComponent("diagnose.sh"), to: payload.appendingPathComponent("diagnose.sh"))
        try await tool(
            architecture == .amd64 ? "cc" : binutil("gcc"),
            [
                "-O2", "-static", "-o", payload.appendingPathComponent("groundtruth").path,
                folder.appendingPathComponent("groundtruth.c").path,
            ])
        return payload
    }

    private func binutil(_ name: String) -> String {
        architecture == .amd64 ? name : "aarch64-linux-gnu-\(name)"
    }

    /// The package's own executable, in a build folder of its own: SwiftPM does nothing if it is up to date.
    private func buildStatically() async throws -> URL {
        guard architecture == .amd64 else { return try await buildForArm() }
        try await tool(
            "swift",
            [
                "build", "--package-path", package.path, "--scratch-path", scratch.path, "-c", "release",
                "--product", "truecount", "-Xswiftc", "-static-executable",
            ])
        return scratch.appendingPathComponent("release").appendingPathComponent("truecount")
    }

    private func buildForArm() async throws -> URL {
        let script = package.appendingPathComponent("packaging").appendingPathComponent("cross-aarch64")
        let run = try await runSubprocess(script, [])
        switch run.status {
        case 0: return URL(fileURLWithPath: run.output.trimmingCharacters(in: .whitespacesAndNewlines))
        case 3: throw GuestLabError.unable(run.lastError)
        default: throw GuestLabError.failed("cross-aarch64: \(run.errors)")
        }
    }

    private func tool(_ name: String, _ arguments: [String]) async throws {
        let run = try await runSubprocess(URL(fileURLWithPath: "/usr/bin/env"), [name] + arguments)
        guard run.status == 0 else {
            throw GuestLabError.failed("\(name), exit status \(run.status): \(run.errors)\(run.output.suffix(2000))")
        }
    }
}
