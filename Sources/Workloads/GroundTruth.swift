import CPerf
import Glibc

/// What single-stepping saw of one run of a workload: the truth, one retired instruction after the other.
///
/// It knows nothing of closed forms and takes nothing from the position table; it finds the window by the arguments
/// of the system calls, and the branches by their encodings.
struct GroundTruth: Sendable, Hashable {
    /// Counted from behind the event's enabling call to its disabling call, that included.
    var figures = WorkloadFigures(
        conditionalBranches: 0, branches: 0, takenBranches: 0, instructions: 0, systemCalls: 0)
    var lockedInstructions: UInt64 = 0
    var cpuids: UInt64 = 0
    /// At how many instruction boundaries positions were compared, those of `positions` for each kind of branch, and how
    /// often they were right. Behind its window an event counts no jump of the routine's, nor does the truth.
    var positions = Agreement()
    var sitePositions = Agreement()
    var secondSitePositions = Agreement()

    /// How often a position of the table was compared with the truth.
    struct Agreement: Sendable, Hashable {
        var compared: UInt64 = 0
        var agreed: UInt64 = 0
        var first: PositionDisagreement?

        mutating func compare(_ position: UInt64?, with truth: UInt64, at offset: UInt64) {
            compared += 1
            if position == truth {
                agreed += 1
            } else if first == nil {
                first = PositionDisagreement(offset: offset, expected: position, observed: truth)
            }
        }

        static func + (one: Agreement, other: Agreement) -> Agreement {
            Agreement(
                compared: one.compared + other.compared, agreed: one.agreed + other.agreed,
                first: one.first ?? other.first)
        }
    }
}

/// A place in a routine where its position table is wrong.
public struct PositionDisagreement: Sendable, Hashable, Codable {
    /// Bytes from the routine's first instruction.
    public var offset: UInt64
    /// What the table says; nil if it says nothing there.
    public var expected: UInt64?
    /// What had retired.
    public var observed: UInt64
}

extension GroundTruth {
    /// PERF_EVENT_IOC_ENABLE and PERF_EVENT_IOC_DISABLE (linux/perf_event.h); macros that Swift does not import.
    private static let enable: UInt64 = 0x2400
    private static let disable: UInt64 = 0x2401

    /// Whose window is looked at.
    enum ObservedEvent: CaseIterable {
        /// A counter alone: the sampler's calls are left out.
        case counterAlone
        /// A counter beside a sampler.
        case counter
        /// That sampler: its window lies around the counter's.
        case sampler

        /// Numbers that no descriptor can have (sysctl_nr_open_max in fs/file.c is less): they tell the counter's calls
        /// from the sampler's, and the kernel refuses both.
        fileprivate static let counterMark = Int32.max
        fileprivate static let samplerMark = Int32.max - 1

        fileprivate var mark: Int32 { self == .sampler ? Self.samplerMark : Self.counterMark }
    }

    /// Runs the workload in a traced child, one instruction at a time.
    static func observe(
        _ workload: Workload, iterations: UInt64, _ event: ObservedEvent
    ) throws(TraceError) -> GroundTruth {
        var child = try TracedChild(workload: workload, iterations: iterations)
        child.window.pointee.prepare(
            counter: ObservedEvent.counterMark, sampler: event == .counterAlone ? nil : ObservedEvent.samplerMark)
        var walk = Walk(workload: workload, iterations: iterations, mark: event.mark)
        walk.code = try child.read(at: UInt64(workload.routineAddress), count: workload.routineLength)
        while true {
            let registers = try child.machineRegisters()
            if !walk.stand(at: registers) { break }
            try child.step()
            guard try child.wait() == .stopped(signal: SIGTRAP) else {
                throw TraceError(attempt: .followChild, errno: nil)
            }
        }
        try child.resume()
        guard try child.wait() == .exited(status: 0), walk.phase == .after else {
            throw TraceError(attempt: .followChild, errno: nil)
        }
        return walk.truth
    }

    /// The steps of one child, seen from boundary to boundary.
    private struct Walk {
        enum Phase { case before, inside, after }

        let workload: Workload
        let iterations: UInt64
        let mark: Int32
        var code: [UInt8] = []
        var classes: [Int: InstructionClass] = [:]
        var truth = GroundTruth()
        var phase = Phase.before
        var hasEntered = false
        var siteExecutions: UInt64 = 0
        var secondSiteExecutions: UInt64 = 0
        /// The conditional branch that was executed last, if it was the last instruction: the address behind it.
        var fallThrough: UInt64?

        init(workload: Workload, iterations: UInt64, mark: Int32) {
            self.workload = workload
            self.iterations = iterations
            self.mark = mark
        }

        /// Takes note of the instruction that is about to execute. False when the routine has been left.
        mutating func stand(at machine: cperf_child_registers) -> Bool {
            let registers = UserRegisters(machine)
            let pointer = registers.instructionPointer
            if let fallThrough, pointer != fallThrough { truth.figures.takenBranches += 1 }
            fallThrough = nil
            let offset = pointer &- UInt64(workload.routineAddress)
            guard offset < UInt64(code.count) else { return !hasEntered }
            hasEntered = true
            if pointer == UInt64(workload.site) { siteExecutions += 1 }
            if pointer == UInt64(workload.secondSite) { secondSiteExecutions += 1 }
            comparePositions(registers, offset: offset)
            execute(machine, at: Int(offset))
            return true
        }

        private mutating func comparePositions(_ registers: UserRegisters, offset: UInt64) {
            for kind in BranchKind.allCases where kind == .conditional || phase != .after {
                truth.positions.compare(
                    workload.position(of: kind, iterations: iterations, registers: registers),
                    with: truth.figures.branches(kind), at: offset)
            }
            truth.sitePositions.compare(
                workload.sitePosition(iterations: iterations, registers: registers),
                with: siteExecutions, at: offset)
            truth.secondSitePositions.compare(
                workload.secondSitePosition(iterations: iterations, registers: registers),
                with: secondSiteExecutions, at: offset)
        }

        private mutating func execute(_ machine: cperf_child_registers, at offset: Int) {
            let instruction = classify(at: offset)
            if phase == .inside { count(instruction, behind: machine.instruction_pointer) }
            guard
                instruction == .systemCall, machine.system_call == UInt64(SYS_ioctl),
                machine.first_argument == UInt64(mark)
            else { return }
            // The enabling call itself is outside; the disabling one has just been counted.
            if machine.second_argument == GroundTruth.enable { phase = .inside }
            if machine.second_argument == GroundTruth.disable { phase = .after }
        }

        private mutating func count(_ instruction: InstructionClass, behind pointer: UInt64) {
            truth.figures.instructions += 1
            switch instruction {
            case .conditional(let length):
                truth.figures.conditionalBranches += 1
                truth.figures.branches += 1
                fallThrough = pointer + UInt64(length)
            case .jump, .call, .return:
                truth.figures.branches += 1
                truth.figures.takenBranches += 1
            case .systemCall: truth.figures.systemCalls += 1
            case .locked: truth.lockedInstructions += 1
            case .cpuid: truth.cpuids += 1
            case .other: break
            }
        }

        private mutating func classify(at offset: Int) -> InstructionClass {
            if let known = classes[offset] { return known }
            let instruction = InstructionClass(code[offset...].prefix(InstructionClass.longestInstruction))
            classes[offset] = instruction
            return instruction
        }
    }
}
