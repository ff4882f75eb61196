import CPerf
import PerfEvents
import SystemPackage
import Workloads

/// Where the recorded program's instructions lie. Offsets are bytes from its first instruction.
struct ProgramCode: Sendable {
    let address: UInt64
    let length: UInt32
    let begun, loop, firstBranch, site, left, next, closing: UInt32
    private let raw: cperf_recorded_code

    /// - Throws: where this architecture has no such program.
    init() throws(RecordingError) {
        guard let described = cperf_recorded_code() else {
            throw .unsupported("the recorded program runs on x86-64 and aarch64 only")
        }
        raw = described.pointee
        address = UInt64(UInt(bitPattern: unsafeBitCast(raw.run, to: Int.self)))
        length = raw.length
        begun = raw.begun
        loop = raw.loop
        firstBranch = raw.first_branch
        site = raw.site
        left = raw.left
        next = raw.next
        closing = raw.closing
    }

    /// Nil outside the program.
    func offset(of instructionPointer: UInt64) -> UInt32? {
        let offset = instructionPointer &- address
        // At the end's stop it stands behind the last instruction that is executed.
        return offset <= UInt64(length) ? UInt32(offset) : nil
    }

    /// Where it stands when an event of that kind stops it.
    func place(of kind: EventKind) -> UInt32 {
        switch kind {
        case .systemCall: raw.system_call
        case .signal: raw.signal_call
        case .fault: raw.fault
        case .identification: raw.identification
        case .end: raw.end
        }
    }

    /// Where it goes on after an instruction that was refused: the tracer moves it there.
    func placeBehind(_ kind: EventKind) -> UInt32? {
        switch kind {
        case .fault: raw.fault_passed
        case .identification: raw.identification_passed
        case .systemCall, .signal, .end: nil
        }
    }

    /// The entry of an event's code.
    func entry(of kind: EventKind) -> UnsafeRawPointer? {
        let entries = raw.events
        let offset: UInt32? =
            switch kind {
            case .systemCall: entries.0
            case .signal: entries.1
            case .fault: entries.2
            case .identification: entries.3
            case .end: nil
            }
        return offset.flatMap { UnsafeRawPointer(bitPattern: UInt(address) + UInt($0)) }
    }

    /// What counts one execution of the branch that closes a segment's loop.
    var siteEvent: Event { .breakpoint(executing: UInt(address) + UInt(site)) }
}
