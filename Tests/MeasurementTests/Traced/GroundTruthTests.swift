import CPerf
import Glibc
import PerfEvents
import Testing

@testable import Measurement
@testable import Workloads

/// The program's closed forms against what single-stepping sees: no counter takes part.
@Suite("The recorded program's closed forms are what single-stepping sees")
struct GroundTruthTests {
    @Test(
        "At every event and at every instruction, of conditional, of taken and of all branches, and of the loop's",
        arguments: 0..<6 as Range<UInt64>)
    func events(seed: UInt64) throws {
        let program = try RecordingFixtures.program(seed: seed, segments: 25, longest: 9)
        var stepper = try Stepper(program)
        var walks = [CountedBranches.conditional, .takenBranches, .allBranches, .oneBranch].map {
            SegmentWalk(program, $0)
        }
        for _ in 0..<program.events {
            let kind = try stepper.stepToEvent(walks)
            #expect(walks.map(\.kind) == Array(repeating: kind, count: walks.count))
            #expect(walks.map(\.expected) == [stepper.conditional, stepper.taken, stepper.all, stepper.site])
            for index in walks.indices { walks[index].pass() }
        }
        #expect(stepper.wrongPositions.isEmpty)
        #expect(stepper.comparedPositions > 1000)
    }

    @Test("A segment can be as long as was asked for, and no shorter and no longer")
    func lengths() throws {
        let program = try #require(
            RecordedProgram(seed: 7, segments: 2000, shortest: 3, longest: 6, kinds: [.systemCall]))
        var walk = SegmentWalk(program, .oneBranch)
        var lengths: Set<UInt64> = []
        for _ in 0..<program.segments {
            lengths.insert(walk.iterations)
            walk.pass()
        }
        #expect(lengths == [3, 4, 5, 6])
    }

    @Test("Values out of range make no program")
    func ranges() {
        func program(_ segments: UInt64, _ shortest: UInt64, _ longest: UInt64, _ kinds: [EventKind])
            -> RecordedProgram?
        {
            RecordedProgram(seed: 0, segments: segments, shortest: shortest, longest: longest, kinds: kinds)
        }
        #expect(program(1, 1, 1, [.signal]) != nil)
        #expect(program(0, 1, 1, [.signal]) == nil)
        #expect(program(1, 0, 1, [.signal]) == nil)
        #expect(program(1, 2, 1, [.signal]) == nil)
        #expect(program(1, 1, 1 << 29, [.signal]) == nil)
        #expect(program(1, 1 << 63, 1 << 63, [.signal]) == nil)
        #expect(program(1, 1, 1, []) == nil)
        #expect(program(1, 1, 1, [.end]) == nil)
    }
}

/// Executes the program one instruction at a time, and counts.
private struct Stepper: ~Copyable {
    var conditional: UInt64 = 0
    var taken: UInt64 = 0
    var all: UInt64 = 0
    var site: UInt64 = 0
    var comparedPositions = 0
    var wrongPositions: [String] = []
    private var child: TracedChild
    private let code: ProgramCode
    private let instructions: [UInt64: InstructionClass]

    init(_ program: RecordedProgram) throws {
        let code = try ProgramCode()
        var child = try code.start(program, cpu: RecordingFixtures.cpu)
        let instructions = try Self.disassemble(code, child.processID)
        // Out of the system call with which it begins.
        #expect(try child.runToSystemCall() == .systemCall)
        self.code = code
        self.child = child
        self.instructions = instructions
    }

    /// The classes of all instructions, at every address at which one could begin.
    private static func disassemble(_ code: ProgramCode, _ child: Int32) throws -> [UInt64: InstructionClass] {
        var bytes = [UInt8](repeating: 0, count: Int(code.places.length) + 16)
        let got = cperf_child_read(child, code.address, &bytes, bytes.count)
        try #require(got > Int(code.places.length))
        var classes: [UInt64: InstructionClass] = [:]
        for offset in 0..<Int(code.places.length) {
            classes[code.address + UInt64(offset)] = InstructionClass(bytes[offset...].prefix(15))
        }
        return classes
    }

    /// Steps until the next event has come.
    mutating func stepToEvent(_ walks: [SegmentWalk]) throws -> EventKind {
        while true {
            let registers = try child.userRegisters()
            let offset = try #require(code.offset(of: registers))
            compare(registers, walks)
            let instruction = try #require(instructions[registers.instructionPointer])
            // The last system call does not return: its event is what comes before.
            if instruction == .systemCall, registers.segmentsLeft == 0 { return .end }
            switch try child.executeInstruction() {
            case .stopped(signal: SIGUSR1):
                return .signal
            case .stopped(signal: SIGSEGV):
                let kind: EventKind = offset == code.place(of: .fault) ? .fault : .identification
                try child.move(to: code.address + UInt64(try #require(code.placeBehind(kind))))
                return kind
            default:
                let now = try #require(code.offset(of: try child.userRegisters()))
                // Behind a signal comes the trap of the step that led to it: nothing has been executed for it.
                if now != offset { count(instruction, from: offset, to: now) }
                if instruction == .systemCall, now == code.place(of: .systemCall) { return .systemCall }
            }
        }
    }

    private mutating func count(_ instruction: InstructionClass, from offset: UInt32, to next: UInt32) {
        if offset == code.places.site { site += 1 }
        switch instruction {
        case .conditional(let length):
            conditional += 1
            all += 1
            if next != offset + UInt32(length) { taken += 1 }
        case .jump, .call, .return:
            taken += 1
            all += 1
        case .systemCall, .locked, .cpuid, .other: break
        }
    }

    /// Positions by registers.
    private mutating func compare(_ registers: UserRegisters, _ walks: [SegmentWalk]) {
        for walk in walks {
            let offset = code.offset(of: registers)
            // A breakpoint counts before its instruction executes.
            let truth =
                switch walk.counting {
                case .conditional, .unsupported: conditional
                case .takenBranches: taken
                case .allBranches: all
                case .oneBranch: site + (offset == code.places.site ? 1 : 0)
                }
            comparedPositions += 1
            let position = walk.position(registers, in: code)
            if position != truth {
                wrongPositions.append(
                    "\(walk.counting) at \(offset ?? 0): \(position.map(String.init) ?? "none") for \(truth)")
            }
        }
    }
}
