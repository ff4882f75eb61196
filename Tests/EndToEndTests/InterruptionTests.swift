import Diagnosis
import Glibc
import Measurement
import Reporting
import Testing

/// A moment in the work of a command, and how it is recognised from outside.
struct Moment: CustomTestStringConvertible, Sendable {
    var testDescription: String
    var arguments: [String]
    var hasCome: @Sendable (RunningProgram) -> Bool

    /// One run on a breakpoint counter takes about a minute and more, in this very process. Its announcement is the last
    /// thing before it begins.
    static let longRun = Moment(
        testDescription: "in a run of minutes",
        arguments: [
            "diagnose", "--pmu", "breakpoint", "--period", "25000000", "--allow-long-runs", "--format", "json",
        ]
    ) { $0.errors.contains("the longest run takes about") }

    /// The child of a positive control, of a recording or of a migration, and thousands of runs to come.
    static let tracedChild = Moment(
        testDescription: "with a traced child",
        arguments: ["diagnose", "--quick", "--pmu", "breakpoint", "--runs", "300", "--format", "json"]
    ) { !$0.children.isEmpty }

    static let severalCPUs = Moment(
        testDescription: "in a run of minutes on every CPU",
        arguments: longRun.arguments + ["--cpu", "all"], hasCome: longRun.hasCome)

    static let experiments = Moment(
        testDescription: "in experiments",
        arguments: ["experiments", "--pmu", "breakpoint", "--events", "100000", "--format", "json"]
    ) { !$0.children.isEmpty }

    static let recording = Moment(
        testDescription: "in a recording",
        arguments: ["experiments", "record", "-o", "/dev/null", "--pmu", "breakpoint", "--events", "1000000"]
    ) { !$0.children.isEmpty }

    static let verification = Moment(
        testDescription: "in a verification", arguments: ["verify", "--format", "json"]
    ) { !$0.children.isEmpty }

    static let all = [longRun, tracedChild, severalCPUs, experiments, recording, verification]
}

@Suite("A request to end", .serialized)
struct InterruptionTests {
    private static let acknowledgement = "interrupted (SIGTERM): ending the run in hand"

    /// A process, sent a signal at that moment; its children of that time; and the milliseconds until its first word.
    private func interrupt(
        _ moment: Moment, _ signals: CInt...
    ) throws -> (program: RunningProgram, children: [pid_t], latency: Int) {
        let program = try RunningProgram(.truecount, moment.arguments)
        try #require(program.read(until: moment.hasCome), "\(program.errors)")
        let children = program.children
        let before = monotonicMilliseconds()
        for signal in signals { program.send(signal) }
        _ = program.read { $0.errors.contains("interrupted (") }
        return (program, children, monotonicMilliseconds() - before)
    }

    /// A killed process is gone once its parent, or init, has taken note of it.
    private func expectGone(_ children: [pid_t]) {
        let deadline = monotonicMilliseconds() + 10_000
        for child in children {
            while kill(child, 0) == 0, monotonicMilliseconds() < deadline { usleep(1000) }
            #expect(kill(child, 0) == -1)
        }
    }

    @Test(
        "It is acknowledged, ends the run in hand within two seconds, and leaves no child",
        arguments: Moment.all)
    func ends(moment: Moment) throws {
        let (program, children, _) = try interrupt(moment, SIGTERM)
        let before = monotonicMilliseconds()
        let outcome = program.finish()
        #expect(monotonicMilliseconds() - before < 2000)
        #expect(outcome.termination == .exited(3), "\(outcome.errors)")
        #expect(outcome.errors.contains(Self.acknowledgement), "\(outcome.errors)")
        expectGone(children)
    }

    @Test("It is acknowledged within a tenth of a second")
    func acknowledges() throws {
        // The best of some: what is left is not the machine's other work.
        let latencies = try (0..<4).map { _ in
            let (program, _, latency) = try interrupt(.longRun, SIGTERM)
            #expect(program.finish().termination == .exited(3))
            return latency
        }
        #expect(try #require(latencies.min()) < 100, "\(latencies)")
    }

    @Test("A diagnosis reports what is known, and that it is not all", arguments: [Moment.longRun, .tracedChild])
    func reports(moment: Moment) throws {
        let outcome = try interrupt(moment, SIGTERM).program.finish()
        let report = try ReportJSON.decode(Report.self, from: Array(outcome.output.utf8))
        #expect(report.interrupted == true && report.verdict == .inconclusive)
        #expect(!report.runs.isEmpty && report.runs.allSatisfy { $0.timeEnabled > 0 })
    }

    @Test("With --output the report is written, and what it says told", arguments: [SIGINT, SIGTERM, SIGHUP])
    func writes(signal: CInt) throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/report.json"
        var moment = Moment.longRun
        moment.arguments += ["--output", path]
        let outcome = try interrupt(moment, signal).program.finish()
        #expect(outcome.termination == .exited(3) && outcome.output.isEmpty)
        #expect(outcome.errors.contains("INCONCLUSIVE · "), "\(outcome.errors)")
        #expect(outcome.errors.hasSuffix("wrote \(path)\n"))
        #expect(try ReportFile.read(path).interrupted == true)
    }

    @Test("Experiments and verification tell what is known, marked as interrupted")
    func others() throws {
        let experiments = try interrupt(.experiments, SIGTERM).program.finish()
        #expect(
            experiments.output.contains("\"interrupted\" : true")
                || experiments.output.contains("\"interrupted\": true"))
        #expect(experiments.output.contains("inconclusive"))
        let verification = try interrupt(.verification, SIGTERM).program.finish()
        #expect(verification.output.contains("\"interrupted\""), "\(verification.output)")
        let recording = try interrupt(.recording, SIGTERM).program.finish()
        #expect(recording.errors.hasSuffix("truecount: interrupted; nothing was kept\n"), "\(recording.errors)")
    }

    @Test(
        "Two signals at once end it in one way or the other, and leave no child",
        arguments: [Moment.tracedChild, .recording])
    func twice(moment: Moment) throws {
        let (program, children, _) = try interrupt(moment, SIGTERM, SIGINT)
        let before = monotonicMilliseconds()
        let outcome = program.finish()
        #expect(monotonicMilliseconds() - before < 2000)
        #expect([.exited(3), .killed(signal: SIGINT), .killed(signal: SIGTERM)].contains(outcome.termination))
        expectGone(children)
    }

    @Test("The second signal ends a program at once that its reader keeps from ending")
    func secondSignal() throws {
        let folder = try TemporaryFolder()
        let fifo = "\(folder.path)/fifo"
        try #require(mkfifo(fifo, 0o600) == 0)
        let reader = open(fifo, O_RDONLY | O_NONBLOCK)
        defer { close(reader) }
        // A pipe that holds a page, of a report that has more, and that nobody reads.
        let setPipeSize: CInt = 1031  // F_SETPIPE_SZ (linux/fcntl.h)
        #expect(fcntl(reader, setPipeSize, CInt(4096)) >= 4096)
        var moment = Moment.longRun
        moment.arguments += ["--output", fifo]
        let (program, _, _) = try interrupt(moment, SIGTERM)
        var entry = pollfd(fd: reader, events: Int16(POLLIN), revents: 0)
        #expect(poll(&entry, 1, 10_000) == 1)
        program.send(SIGTERM)
        #expect(program.finish().termination == .killed(signal: SIGTERM))
    }
}
