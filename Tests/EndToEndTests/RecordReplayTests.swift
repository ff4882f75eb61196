import Glibc
import Testing

/// On breakpoints, as a person types it.
@Suite("Recording and replaying from the command line")
struct RecordReplayTests {
    private static func withRecording(
        _ arguments: [String] = ["--events", "60", "--seed", "20181120"],
        _ body: (String, ProgramOutcome) throws -> Void
    ) throws {
        let path = temporaryPath("program.timeline")
        defer { unlink(path) }
        let outcome = try Program.truecount.run(
            ["experiments", "record", "-o", path, "--pmu", "breakpoint"] + arguments)
        try body(path, outcome)
    }

    @Test("A recording is written, and replays")
    func recordAndReplay() throws {
        try Self.withRecording { path, recorded in
            #expect(recorded.termination == .exited(0), "\(recorded.errors)")
            #expect(recorded.errors.isEmpty)
            #expect(recorded.output.contains("recording seed 20181120 on CPU"))
            #expect(recorded.output.contains("cannot be tested here"))
            #expect(recorded.output.contains("\nRECORDED · 61 events and "))
            let replayed = try Program.truecount.run(["experiments", "replay", path])
            #expect(replayed.termination == .exited(0), "\(replayed.errors)")
            #expect(replayed.output.contains("\nrecorded here\n"))
            #expect(replayed.output.contains("\nREPLAYED · every event has the recorded count"))
        }
    }

    @Test("Where no PMI came, no experiment says that PMIs are exact")
    func withoutPMI() throws {
        let outcome = try Program.truecount.run(
            ["experiments", "--pmu", "breakpoint", "--events", "20", "--period", "1000000000"])
        #expect(outcome.termination == .exited(3), "\(outcome.errors)")
        let rows = outcome.output.split(separator: "\n").filter { $0.contains(" 0 PMIs ") }
        #expect(rows.count == 3 && rows.allSatisfy { $0.hasSuffix("  not measured: no PMI came") }, "\(rows)")
        #expect(outcome.output.contains("\n  recording is low after PMIs                ?   no PMI came\n"))
        #expect(outcome.output.hasSuffix("INCONCLUSIVE · no PMI came; choose a shorter --period, or more --events\n"))
    }

    @Test("The same seed is the same timeline, byte by byte, and another is another")
    func seeds() throws {
        func bytes(_ seed: String) throws -> [UInt8] {
            var result: [UInt8] = []
            try Self.withRecording(["--events", "40", "--seed", seed]) { path, _ in result = contents(of: path) }
            return result
        }
        let (one, again, other) = (try bytes("5"), try bytes("5"), try bytes("6"))
        #expect(!one.isEmpty && one == again && one != other)
    }

    @Test("Both speak JSON")
    func json() throws {
        try Self.withRecording(["--events", "20", "--seed", "1", "--format", "json"]) { path, recorded in
            #expect(
                recorded.output.hasPrefix("{\n") && recorded.output.contains("\"programName\": \"seeded-segments-1\""))
            let replayed = try Program.truecount.run(["experiments", "replay", path, "--format", "json"])
            #expect(replayed.output.contains("\"differing\": 0") && replayed.termination == .exited(0))
        }
    }

    @Test("A file that is damaged, cut off or none gets one line and exit code 74")
    func damaged() throws {
        try Self.withRecording { path, _ in
            let whole = contents(of: path)
            var flipped = whole
            let digit = try #require(whole.firstRange(of: Array("\"counted\":".utf8))).upperBound
            flipped[digit] ^= 1
            for (bytes, message) in [
                (flipped, "is damaged"), (Array(whole.dropLast(9)), "is truncated"), ([UInt8](), "is empty"),
                (Array("TCLINE\r\n".utf8) + [1, 0], "was written by an earlier truecount; record again"),
            ] {
                try expectFailure(["experiments", "replay", path], holding: bytes, in: path, 74, message)
            }
        }
        try expectFailure(
            ["experiments", "replay", "/nonexistent"], 74, "cannot read /nonexistent: No such file or directory")
        try expectFailure(
            ["experiments", "record", "-o", "/nonexistent/x"], 74, "cannot write /nonexistent/x: No such file")
        try expectFailure(
            ["experiments", "record", "-o", "/dev/full"], 74, "cannot write /dev/full: No space left on device")
    }

    @Test("A mistake in the command line gets one line and exit code 64")
    func usage() throws {
        try expectFailure(["experiments", "record"], 64, "Missing expected argument '--output <file>'")
        try expectFailure(["experiments", "replay"], 64, "Missing expected argument '<file>'")
        try expectFailure(["experiments", "record", "-o", "x", "--events", "0"], 64, "--events 0 is not between 1 and")
        try expectFailure(["experiments", "record", "-o", "x", "--period", "1"], 64, "--period 1 is not between 2 and")
        try expectFailure(["experiments", "record", "-o", "x", "--pmu", "simulated:perfect"], 64, "--pmu")
        try expectFailure(["experiments", "record", "-o", "-"], 64, "--output -: the summary is printed there")
        try expectFailure(["experiments", "--plant", "9-1"], 64, "'9-1' is invalid for '--plant")
        try expectFailure(["experiments", "--recordings", "1"], 64, "--recordings 1 is not between 2 and")
    }

    /// The number of ptrace(2): asm/unistd_64.h, asm-generic/unistd.h.
    private static let ptrace: String = {
        #if arch(x86_64)
            "101"
        #else
            "117"
        #endif
    }()

    @Test("Where ptrace is forbidden the line says what to change, and nothing is left")
    func ptraceForbidden() throws {
        let path = temporaryPath("program.timeline")
        let outcome = try Program.truecount
            .launched(by: Program.builtPath("deny-system-call"), Self.ptrace, "EPERM")
            .run(["experiments", "record", "-o", path, "--events", "5", "--pmu", "breakpoint"])
        #expect(outcome.termination == .exited(4))
        #expect(outcome.errorLines.count == 1 && outcome.errors.contains("SYS_PTRACE"), "\(outcome.errors)")
        #expect(access(path, F_OK) == -1)
    }

    /// Sends SIGTERM once the child is there: by then signals are watched for. (Background jobs ignore SIGINT.)
    private static let terminateOnceItTraces = """
        "$@" & tracer=$!
        until [ -n "$(cat /proc/$tracer/task/$tracer/children)" ]; do kill -0 $tracer || exit 99; done
        kill -TERM $tracer; wait $tracer
        """

    @Test("A request to end ends a recording with exit code 3, and keeps nothing")
    func interrupted() throws {
        let path = temporaryPath("program.timeline")
        let outcome = try Program.truecount.launched(by: "sh", "-c", Self.terminateOnceItTraces, "sh")
            .run(["experiments", "record", "-o", path, "--events", "1000000", "--pmu", "breakpoint"])
        #expect(outcome.termination == .exited(3))
        #expect(outcome.errors.hasSuffix("truecount: interrupted; nothing was kept\n"), "\(outcome.errors)")
        #expect(access(path, F_OK) == -1)
    }

    @Test("The experiments see nothing on a healthy kernel, and say that PMIs were not tested")
    func experiments() throws {
        let outcome = try Program.truecount.run(
            ["experiments", "--pmu", "breakpoint", "--events", "60", "--targets", "20", "--recordings", "2"])
        #expect(outcome.termination == .exited(4), "\(outcome.errors)")
        #expect(outcome.output.contains("\nNOTHING DIFFERS · "))
        let answers = outcome.output.matches(of: #/\n  [a-z][^\n]*?  no +[^\n]/#)
        #expect(answers.count == 6)
    }

    @Test("Planted losses are five of the six observations, and are labelled as planted")
    func planted() throws {
        try Self.withRecording { path, _ in
            let outcome = try Program.truecount.run(
                [
                    "experiments", "--pmu", "breakpoint", "--events", "60", "--targets", "20", "--recordings", "3",
                    "--plant", "1-10", "--carry", path,
                ])
            #expect(outcome.termination == .exited(1), "\(outcome.errors)")
            #expect(outcome.output.contains("\nPLANTED · "))
            #expect(outcome.output.contains("\nDIFFERS · "))
            // The carried timeline was recorded without losses: it replays.
            #expect(outcome.output.contains("carried timeline replays"))
        }
    }

    private func expectFailure(
        _ arguments: [String], holding bytes: [UInt8]? = nil, in path: String = "", _ status: Int32, _ message: String
    ) throws {
        if let bytes { put(bytes, into: path) }
        let outcome = try Program.truecount.run(arguments)
        #expect(outcome.termination == .exited(status), "\(arguments)")
        #expect(outcome.output.isEmpty && outcome.errorLines.count == 1)
        #expect(outcome.errors.contains(message), "\(outcome.errors)")
    }

    private func put(_ bytes: [UInt8], into path: String) {
        let descriptor = open(path, O_WRONLY | O_TRUNC)
        _ = write(descriptor, bytes, bytes.count)
        close(descriptor)
    }
}

/// The bytes of a small file; none where it cannot be read.
private func contents(of path: String) -> [UInt8] {
    let descriptor = open(path, O_RDONLY)
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    return Array(bytes[..<max(0, read(descriptor, &bytes, bytes.count))])
}
