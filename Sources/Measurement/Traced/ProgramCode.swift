import CPerf
import Glibc
import PerfEvents
import SystemPackage
import Workloads

/// Where the recorded program's instructions lie. Offsets are bytes from its first instruction.
struct ProgramCode: Sendable {
    let places: cperf_recorded_code
    let address: UInt64

    /// - Throws: ``MeasurementError/unsupported(_:)`` where this architecture has no such program.
    init() throws(MeasurementError) {
        guard let described = cperf_recorded_code() else {
            throw .unsupported("the recorded program runs on x86-64 and aarch64 only")
        }
        places = described.pointee
        address = UInt64(UInt(bitPattern: unsafeBitCast(places.run, to: Int.self)))
    }

    /// Where that child stands; nil outside the program.
    func offset(of registers: UserRegisters) -> UInt32? {
        let offset = registers.instructionPointer &- address
        // At the end's stop it stands behind the last instruction that is executed.
        return offset <= UInt64(places.length) ? UInt32(offset) : nil
    }

    /// Whether a place lies in a segment's loop.
    func isInLoop(_ offset: UInt32) -> Bool { offset >= places.loop && offset < places.left }

    /// Where it stands when an event of that kind stops it.
    func place(of kind: EventKind) -> UInt32 {
        switch kind {
        case .systemCall: places.system_call
        case .signal: places.signal_call
        case .fault: places.fault
        case .identification: places.identification
        case .end: places.end
        }
    }

    /// Where it goes on after an instruction that was refused: the tracer moves it there.
    func placeBehind(_ kind: EventKind) -> UInt32? {
        switch kind {
        case .fault: places.fault_passed
        case .identification: places.identification_passed
        case .systemCall, .signal, .end: nil
        }
    }

    /// The entry of an event's code.
    private func entry(of kind: EventKind) -> UnsafeRawPointer? {
        let offset: UInt32? =
            switch kind {
            case .systemCall: places.events.0
            case .signal: places.events.1
            case .fault: places.events.2
            case .identification: places.events.3
            case .end: nil
            }
        return offset.flatMap { UnsafeRawPointer(bitPattern: UInt(address) + UInt($0)) }
    }

    /// What counts one execution of the branch that closes a segment's loop.
    var siteEvent: Event { .breakpoint(executing: UInt(address) + UInt(places.site)) }

    /// What the program is told to do, in the memory that it shares with its tracer.
    private func window(of program: RecordedProgram, guardPage: UnsafeMutableRawPointer) -> cperf_recorded_window {
        var window = cperf_recorded_window()
        window.state = program.seed
        window.segments = program.segments
        window.shortest = program.shortest
        window.span = program.longest - program.shortest + 1
        window.kinds = UInt64(program.kinds.count)
        window.guard = guardPage
        withUnsafeMutableBytes(of: &window.targets) { bytes in
            let targets = bytes.bindMemory(to: UnsafeRawPointer?.self)
            for (index, kind) in program.kinds.enumerated() where index < targets.count {
                targets[index] = entry(of: kind)
            }
        }
        window.wants_identification_faults = program.kinds.contains(.identification) ? 1 : 0
        return window
    }

    /// Starts the program on a CPU and lets it run to the entry of its first system call, before which nothing counts.
    /// From there on it is traced as rr traces: stopped at each system call's entry and exit and before each signal.
    func start(_ program: RecordedProgram, cpu: Int) throws(MeasurementError) -> TracedChild {
        if program.kinds.contains(.identification), let obstacle = EventKind.identificationObstacle() {
            throw .unsupported("the program needs CPUID to fault, and \(obstacle); leave out that kind of event")
        }
        let memory = try traced { () throws(TraceError) in try SharedMemory(ownProtection: PROT_NONE) }
        let window = memory.start.bindMemory(to: cperf_recorded_window.self, capacity: 1)
        window.initialize(to: self.window(of: program, guardPage: memory.ownPage))
        var child: TracedChild
        do throws(TraceError) {
            child = try TracedChild(memory, cpu: cpu) { cperf_recorded_start(window, $0) }
        } catch {
            throw error.errno == .canceled ? .interrupted : .trace(error)
        }
        repeat {
            let stop = try child.runToSystemCall()
            guard stop == .systemCall else { throw .child("the recorded program did not start: \(stop.sentence)") }
        } while try offset(of: child.userRegisters()) != places.begun
        let refused = window.pointee.identification_result
        guard refused == 0 else {
            throw .unsupported("making CPUID fault: \(Errno(rawValue: Int32(clamping: -refused)))")
        }
        return child
    }
}

extension UserRegisters {
    /// Of the recorded program: segments not yet completed, this one included.
    var segmentsLeft: UInt64 { inner }
}
