import Foundation
import Testing

/// Why a guest could not be booted. `unable` is this machine's affair and skips the table; the others fail it.
enum GuestLabError: Error, CustomStringConvertible {
    case unable(String)
    case failed(String)
    case unexpectedOutput(String)

    var description: String {
        switch self {
        case .unable(let reason): "the guest lab cannot be built here: \(reason)"
        case .failed(let reason): "the guest lab failed: \(reason)"
        case .unexpectedOutput(let reason): "the guest wrote something else than was expected: \(reason)"
        }
    }
}

/// Boots guests with the emulated PMU, a few at a time, and hands out what truecount and the PMU said in them.
actor GuestLab {
    static let shared = GuestLab(settings: .current)

    private let settings: LabSettings
    private let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    private var preparations: [GuestArchitecture: Task<URL, any Error>] = [:]
    private var guestsRunning = 0
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(settings: LabSettings) { self.settings = settings }

    /// Builds what is missing: QEMU, these kernels, the payload.
    ///
    /// - Throws: `GuestLabError`; `unable` where this machine lacks what the lab takes.
    func prepare(_ kernels: some Collection<KernelLine>, for architecture: GuestArchitecture = .amd64) async throws {
        _ = try await preparedPayload(for: architecture)
        for kernel in kernels {
            try await makeReady("kernel", ["--arch", architecture.rawValue, kernel.rawValue])
        }
    }

    /// Boots one guest and diagnoses in it.
    func diagnose(_ row: GuestRow) async throws -> GuestOutput {
        let command = ["sh", "diagnose.sh", String(row.busyLoops)] + row.arguments + row.probes.arguments
        let guest = try await run(command, in: row)
        guard guest.status == 0 else {
            throw GuestLabError.failed("run-guest, exit status \(guest.status): \(guest.errors)")
        }
        return try await GuestOutput(guest.output)
    }

    /// Boots one guest and runs a command in the payload's folder.
    func run(_ command: [String], in row: GuestRow) async throws -> SubprocessResult {
        try await prepare([row.kernel], for: row.machine.architecture)
        let payload = try await preparedPayload(for: row.machine.architecture)
        await waitForTurn()
        defer { endTurn() }
        let arguments = [
            "--machine", row.machine.rawValue, "--kernel", row.kernel.rawValue, "--pmu", row.pmu,
            "--append", row.kernelArguments, "--smp", String(row.virtualCPUs), "--timeout", "600", payload.path, "--",
        ]
        return try await runSubprocess(labCommand("run-guest"), arguments + command)
    }

    /// Runs one of the scripts in `Agreement`, which boot guests of their own, with the same truecount.
    func run(script: String, _ arguments: [String] = []) async throws -> SubprocessResult {
        let payload = try await preparedPayload(for: .amd64)
        await waitForTurn()
        defer { endTurn() }
        let script = sources.appendingPathComponent("Agreement").appendingPathComponent(script)
        let truecount = payload.appendingPathComponent("truecount")
        return try await runSubprocess(
            URL(fileURLWithPath: "/usr/bin/env"), ["TRUECOUNT_STATIC=\(truecount.path)", script.path] + arguments)
    }

    private func makeReady(_ command: String, _ arguments: [String]) async throws {
        let run = try await runSubprocess(labCommand(command), arguments)
        switch run.status {
        case 0: return
        case 3: throw GuestLabError.unable(run.lastError)
        default: throw GuestLabError.failed("\(command): \(run.errors)")
        }
    }

    private func labCommand(_ name: String) -> URL {
        sources.appendingPathComponent("Lab").appendingPathComponent(name)
    }

    /// QEMU, the static truecount and the payload, made once for all rows.
    func preparedPayload(for architecture: GuestArchitecture) async throws -> URL {
        if let preparation = preparations[architecture] { return try await preparation.value }
        let builder = PayloadBuilder(
            sources: sources, architecture: architecture, staticBinary: settings.staticBinaries[architecture])
        let preparation = Task {
            try await makeReady("build", [])
            return try await builder.build()
        }
        preparations[architecture] = preparation
        return try await preparation.value
    }

    private func waitForTurn() async {
        if guestsRunning < settings.guestsAtATime {
            guestsRunning += 1
        } else {
            await withCheckedContinuation { waiting.append($0) }
        }
    }

    /// Hands the turn to the next in the queue, which then counts as running in place of the one that ends.
    private func endTurn() {
        if waiting.isEmpty {
            guestsRunning -= 1
        } else {
            waiting.removeFirst().resume()
        }
    }
}

extension GuestRow.Probes {
    var arguments: [String] {
        switch self {
        case .arms, .event: ["--probe", "arms"]
        case .all: []
        case .throttling:
            ["throttling", "group-throttling", "planted-loss-control"].flatMap { ["--probe", $0] }
        }
    }
}

/// Prepares the lab before the test, and skips it, with the reason, where this machine lacks what it takes.
struct NeedsGuestLab: TestTrait {
    func prepare(for test: Test) async throws {
        try await skippingWhereUnable { try await GuestLab.shared.prepare(KernelLine.allCases) }
    }
}

/// Cancels the test, with the reason, where this machine cannot build the lab.
func skippingWhereUnable<Result>(_ body: () async throws -> Result) async throws -> Result {
    do {
        return try await body()
    } catch let error as GuestLabError {
        guard case .unable = error else { throw error }
        #if compiler(>=6.3)
            try Test.cancel("\(error.description)")
        #else
            throw error
        #endif
    }
}
