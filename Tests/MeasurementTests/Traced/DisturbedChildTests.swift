import Glibc
import Testing
import Workloads

@testable import Measurement

@Suite("A child that something disturbs", .serialized)
struct DisturbedChildTests {
    /// Makes a counted program, passes some events, does something to its process, and goes on to its end.
    private func disturb(_ action: (Int32) -> Void) throws {
        let program = try RecordingFixtures.program(kinds: [.systemCall, .fault])
        try RecordingFixtures.run(program) { (run: inout CountedProgram) throws(MeasurementError) in
            for _ in 0..<5 { _ = try run.next() }
            action(run.child.processID)
            while case .event = try run.next() {}
        }
    }

    private func disturbance(_ action: (Int32) -> Void) -> String? {
        do {
            try disturb(action)
            return nil
        } catch let error as MeasurementError {
            return error.description
        } catch {
            return "another error: \(error)"
        }
    }

    @Test("One that is left alone comes to its end")
    func undisturbed() {
        #expect(disturbance { _ in } == nil)
    }

    @Test("One that is killed is an error that says by what")
    func killed() {
        // Whether it is found dead when it is resumed or when it is waited for is the kernel's choice.
        let message = disturbance { kill($0, SIGKILL) }
        #expect(
            message?.contains("signal 9 killed it") == true || message?.contains("No such process") == true,
            "\(message ?? "")")
    }

    @Test(
        "One that is stopped, or sent a signal that is not its own, is an error that says which",
        arguments: [SIGSTOP, SIGTERM, SIGUSR2, SIGUSR1, SIGHUP])
    func signalled(number: Int32) {
        let message = disturbance { kill($0, number) }
        let expected =
            number == SIGUSR1
            ? "it stopped at a place that does not follow from its seed" : "signal \(number) stopped it"
        #expect(message?.contains("stopped unexpectedly before event 5") == true)
        #expect(message?.contains(expected) == true, "\(message ?? "")")
    }

    @Test("A debug exception that nobody claims is survived, counted, and changes no count")
    func strayTrap() throws {
        let program = try RecordingFixtures.program(kinds: [.systemCall])
        try RecordingFixtures.run(program) { (run: inout CountedProgram) throws(MeasurementError) in
            var isExact = true
            loop: while true {
                switch try run.next() {
                case .event(let row):
                    isExact = isExact && row.lossSoFar == 0
                    if run.walk.index == 7 { kill(run.child.processID, SIGTRAP) }
                default: break loop
                }
            }
            #expect(isExact && run.walk.kind == nil)
            #expect(run.strayTraps == 1)
        }
    }

    @Test("None is left when its owner goes, wherever it was")
    func noneLeft() throws {
        let program = try RecordingFixtures.program()
        func start() throws -> Int32 {
            let run = try CountedProgram(program, RecordingFixtures.breakpoint, period: nil, cpu: RecordingFixtures.cpu)
            return run.child.processID
        }
        let child = try start()
        #expect(kill(child, 0) == -1 && errno == ESRCH)
    }

    @Test("A CPU that does not exist is refused with the next step")
    func noSuchCPU() throws {
        let plan = RecordingPlan(program: try RecordingFixtures.program(), period: 97)
        #expect {
            _ = try Recorder(RecordingFixtures.breakpoint, cpu: 8000).record(plan)
        } throws: { error in
            "\(error)".contains("--cpu")
        }
    }
}
