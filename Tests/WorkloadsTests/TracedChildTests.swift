import CPerf
import Foundation
import Glibc
import SystemPackage
import Testing

@testable import Workloads

@Suite("The traced child")
struct TracedChildTests {
    private func tightLoop() throws -> Workload {
        try #require(Workload.named("tight-loop"))
    }

    /// Whether a process of that number exists.
    private func exists(_ process: Int32) -> Bool {
        kill(process, 0) == 0 || errno != ESRCH
    }

    @Test("It stops before its routine, runs it once, and exits")
    func lifetime() throws {
        var child = try TracedChild(workload: tightLoop(), iterations: 1000)
        #expect(child.window.pointee.results == cperf_window.unwritten)
        try child.resume()
        #expect(try child.wait() == .exited(status: 0))
        let refused = -Int64(EBADF)
        let unwritten = cperf_window.unwritten
        #expect(child.window.pointee.results == (unwritten.0, refused, refused, unwritten.3))
    }

    @Test("None is left when its value ends, wherever it was")
    func noneLeft() throws {
        func stopped() throws -> Int32 {
            try TracedChild(workload: tightLoop(), iterations: 1).processID
        }
        func running() throws -> Int32 {
            // Years of work.
            let child = try TracedChild(workload: tightLoop(), iterations: 1 << 56)
            try child.resume()
            return child.processID
        }
        func ended() throws -> Int32 {
            var child = try TracedChild(workload: tightLoop(), iterations: 1)
            try child.resume()
            _ = try child.wait()
            return child.processID
        }
        #expect(try !exists(stopped()))
        #expect(try !exists(running()))
        #expect(try !exists(ended()))
    }

    @Test(
        "None is left when its tracer is killed",
        .enabled(if: Tool("clang") != nil, "clang, which builds the tracer to kill, is not on the search path"))
    func killedTracer() throws {
        let folder = try ScratchFolder()
        let program = try PackageSources.build("killed_tracer.c", with: #require(Tool("clang")), in: folder.path)
        #expect(try Tool(path: program).run([]).status == 0)
    }

    @Test(
        "A wait that is interrupted for ever ends with that error",
        .enabled(if: strace != nil && Tool("clang") != nil, "strace or clang is not on the search path"))
    func interruptedForEver() throws {
        let folder = try ScratchFolder()
        let program = try PackageSources.build("interrupted_wait.c", with: #require(Tool("clang")), in: folder.path)
        #expect(try Tool(path: program).run([]).status == 1)
        let injected = try #require(Self.strace).run(
            ["-o", "/dev/null", "-e", "trace=wait4", "-e", "inject=wait4:error=EINTR:when=1+", program])
        #expect(injected.status == 0, "\(injected.output)")
    }

    @Test(
        "SIGTERM ends a routine and a wait for a traced child at once, and a second one the process",
        .enabled(if: Tool("clang") != nil, "clang is not on the search path"))
    func cut() throws {
        let folder = try ScratchFolder()
        let program = try PackageSources.build("cut_short.c", with: #require(Tool("clang")), in: folder.path)
        for work in ["routine", "wait", "twice"] {
            let outcome = try Tool(path: program).run([work])
            #expect(outcome.status == 0, "\(work): \(outcome.output)")
        }
    }

    static let strace = Tool("strace")

    @Test("It enables an event that was opened on it after its start")
    func sharesDescriptors() throws {
        let workload = try tightLoop()
        var child = try TracedChild(workload: workload, iterations: 50)
        let counter = try BreakpointCounter(at: workload.site, process: child.processID)
        child.window.pointee.counter = Int64(counter.descriptor)
        try child.resume()
        #expect(try child.wait() == .exited(status: 0))
        #expect(child.window.pointee.results == (cperf_window.unwritten.0, 0, 0, cperf_window.unwritten.3))
        #expect(try counter.value() == 50)
    }

    @Test("A signal stops it before delivery, and resuming without it leaves the count alone")
    func suppressesSignals() throws {
        let workload = try tightLoop()
        var child = try TracedChild(workload: workload, iterations: 20)
        let counter = try BreakpointCounter(at: workload.site, process: child.processID)
        child.window.pointee.counter = Int64(counter.descriptor)
        try #require(kill(child.processID, SIGUSR1) == 0)
        try child.resume()
        #expect(try child.wait() == .stopped(signal: SIGUSR1))
        try child.resume(signal: 0)
        #expect(try child.wait() == .exited(status: 0))
        #expect(try counter.value() == 20)
    }

    @Test("A signal that its parent ignores and blocks ends it all the same")
    func resetsSignals() throws {
        let before = signal(SIGUSR2, SIG_IGN)
        defer { signal(SIGUSR2, before) }
        var blocked = sigset_t()
        var former = sigset_t()
        sigemptyset(&blocked)
        sigaddset(&blocked, SIGUSR2)
        pthread_sigmask(SIG_BLOCK, &blocked, &former)
        defer { pthread_sigmask(SIG_SETMASK, &former, nil) }
        var child = try TracedChild(workload: tightLoop(), iterations: 1)
        try child.resume(signal: SIGUSR2)
        #expect(try child.wait() == .killed(signal: SIGUSR2))
    }

    @Test("Steps lead from one instruction of the routine to the next")
    func steps() throws {
        let workload = try tightLoop()
        var child = try TracedChild(workload: workload, iterations: 3)
        var executions = 0
        while try child.registers().instructionPointer != UInt64(workload.site) {
            try child.step()
            #expect(try child.wait() == .stopped(signal: SIGTRAP))
        }
        while try child.registers().instructionPointer == UInt64(workload.site) {
            executions += 1
            #expect(
                try workload.sitePosition(iterations: 3, registers: child.registers()) == UInt64(executions))
            for _ in 0..<2 {
                try child.step()
                _ = try child.wait()
            }
        }
        #expect(executions == 3)
    }

    @Test("It runs on the CPU that it was given, and one that does not exist is an error")
    func pins() throws {
        let child = try TracedChild(workload: tightLoop(), iterations: 1, cpu: 0)
        let status = try String(contentsOfFile: "/proc/\(child.processID)/status", encoding: .utf8)
        #expect(status.split(separator: "\n").contains("Cpus_allowed_list:\t0"))
        for cpu in [1023, 4096, -1, Int.max] {
            #expect(throws: TraceError(attempt: .pinChild, errno: .invalidArgument)) {
                _ = try TracedChild(workload: tightLoop(), iterations: 1, cpu: cpu)
            }
        }
    }

    @Test("CPUs up to the limit are the kernel's to judge, and none is beyond it", arguments: [1023, 1024, 8191])
    func cpuLimit(cpu: Int32) {
        // No process has this number (PID_MAX_LIMIT is 2^22), which the kernel looks at before the CPU.
        #expect(cperf_child_pin(1 << 22, cpu) == -ESRCH)
        #expect(cperf_child_pin(1 << 22, cpu + CPERF_CPU_LIMIT) == -EINVAL)
    }

    @Test("A child without iterations is refused")
    func zeroIterations() {
        #expect(throws: TraceError(attempt: .startChild, errno: .invalidArgument)) {
            _ = try TracedChild(workload: tightLoop(), iterations: 0)
        }
    }

    @Test("Memory that it does not have is an error, not a crash")
    func readsNothing() throws {
        let child = try TracedChild(workload: tightLoop(), iterations: 1)
        #expect(throws: TraceError(attempt: .readMemory, errno: .badAddress)) {
            _ = try child.readInstruction(at: 0)
        }
        #expect(try child.readInstruction(at: UInt64(tightLoop().routineAddress)).count == 15)
    }

    @Test("An ended child can be neither resumed nor read")
    func ended() throws {
        var child = try TracedChild(workload: tightLoop(), iterations: 1)
        try child.resume()
        _ = try child.wait()
        #expect(throws: TraceError(attempt: .resumeChild, errno: .noSuchProcess)) { try child.resume() }
        #expect(throws: TraceError(attempt: .readRegisters, errno: .noSuchProcess)) { _ = try child.registers() }
        #expect(throws: TraceError(attempt: .waitForChild, errno: .noChildProcess)) { _ = try child.wait() }
    }

    @Test("Errors are one line that says what was tried, what the kernel said, and what to do")
    func descriptions() {
        let denied = TraceError(attempt: .traceChild, errno: .notPermitted)
        #expect(denied.description.hasPrefix("cannot trace a child process: Operation not permitted; set kernel.yama"))
        #expect(denied.description.contains("SYS_PTRACE"))
        #expect(!denied.description.contains("\n"))
        #expect(
            TraceError(attempt: .followChild, errno: nil).description.hasPrefix(
                "cannot follow the traced child through its routine; "))
    }
}
