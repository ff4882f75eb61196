import Foundation

/// What came out of a guest: truecount's report, and the PMU's own truth around it.
struct GuestOutput: Sendable {
    /// The kernel's release, as `uname -r` gives it.
    let kernelRelease: String
    /// Its upstream version, with the patch level.
    let kernelVersion: String
    /// What the PMU counted of itself during the diagnosis, summed over the CPUs. Nil without a PMU.
    let truth: GroundTruth?
    /// Exit status of `truecount diagnose`.
    let exitCode: Int
    /// The guest's clock at the start and the end of the diagnosis, in seconds.
    let uptime: ClosedRange<Double>
    /// What truecount wrote to stderr.
    let errors: String
    /// What truecount wrote to stdout, byte for byte.
    let report: Data

    init(_ output: String) async throws {
        let sections = Self.sections(of: output)
        func section(_ name: String) throws -> [Substring] {
            guard let lines = sections[name] else {
                throw GuestLabError.unexpectedOutput("no section \(name) in: \(output.suffix(2000))")
            }
            return lines
        }
        guard sections["end"] != nil, let status = try section("exit").first.flatMap({ Int($0) }) else {
            throw GuestLabError.unexpectedOutput("cut short: \(output.suffix(2000))")
        }
        let clock = try section("uptime").joined().split(separator: " ").compactMap { Double($0) }
        guard clock.count == 2, clock[0] <= clock[1] else {
            throw GuestLabError.unexpectedOutput("a clock that runs backwards: \(clock)")
        }
        let kernel = try section("kernel")
        guard kernel.count == 2 else { throw GuestLabError.unexpectedOutput("kernel: \(kernel)") }
        kernelRelease = String(kernel[0])
        kernelVersion = String(kernel[1])
        exitCode = status
        uptime = clock[0]...clock[1]
        errors = try section("errors").joined(separator: "\n")
        truth = try GroundTruth(before: section("truth-before"), after: section("truth-after"))
        report = try await Self.decompressed(try section("report").joined())
    }

    /// The lines below each `=== NAME`.
    private static func sections(of output: String) -> [String: [Substring]] {
        var sections: [String: [Substring]] = [:]
        var name = ""
        for line in output.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("=== ") {
                name = String(line.dropFirst(4))
                sections[name] = []
            } else {
                sections[name, default: []].append(line)
            }
        }
        return sections
    }

    private static func decompressed(_ base64: String) async throws -> Data {
        guard let compressed = Data(base64Encoded: base64) else {
            throw GuestLabError.unexpectedOutput("a report that is not base64")
        }
        let folder = try TemporaryFolder(named: "truecount-report")
        let file = folder.url.appendingPathComponent("report.gz")
        try compressed.write(to: file)
        let gzip = try await runSubprocess(URL(fileURLWithPath: "/usr/bin/env"), ["gzip", "-dc", file.path])
        guard gzip.status == 0 else { throw GuestLabError.unexpectedOutput("gzip: \(gzip.errors)") }
        return Data(gzip.output.utf8)
    }
}
