import CPerf
import Glibc
import SystemPackage
import Workloads

/// Owns what a recorded program shares with its tracer, and the page behind it, which faults.
struct ProgramWindow: ~Copyable {
    let pointer: UnsafeMutablePointer<cperf_recorded_window>
    let report: UnsafeMutablePointer<cperf_child_report>
    private let memory: UnsafeMutableRawPointer
    private let length: Int

    init() throws(TraceError) {
        let page = sysconf(Int32(_SC_PAGESIZE))
        let mapped = mmap(nil, 2 * page, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0)
        guard let mapped, mapped != MAP_FAILED else {
            throw TraceError(attempt: .mapWindow, errno: Errno(rawValue: errno))
        }
        guard mprotect(mapped + page, page, PROT_NONE) == 0 else {
            let refused = Errno(rawValue: errno)
            munmap(mapped, 2 * page)
            throw TraceError(attempt: .mapWindow, errno: refused)
        }
        memory = mapped
        length = 2 * page
        pointer = mapped.bindMemory(to: cperf_recorded_window.self, capacity: 1)
        pointer.initialize(to: cperf_recorded_window())
        pointer.pointee.guard = mapped + page
        let behind = mapped + MemoryLayout<cperf_recorded_window>.stride
        report = behind.bindMemory(to: cperf_child_report.self, capacity: 1)
        report.initialize(to: cperf_child_report(trace_error: 0))
    }

    /// Says what the program is to do.
    func fill(_ program: RecordedProgram, _ code: ProgramCode) {
        pointer.pointee.state = program.seed
        pointer.pointee.segments = program.segments
        pointer.pointee.shortest = program.shortest
        pointer.pointee.span = program.longest - program.shortest + 1
        pointer.pointee.kinds = UInt64(program.kinds.count)
        withUnsafeMutableBytes(of: &pointer.pointee.targets) { bytes in
            let targets = bytes.bindMemory(to: UnsafeRawPointer?.self)
            for (index, kind) in program.kinds.enumerated() where index < targets.count {
                targets[index] = code.entry(of: kind)
            }
        }
        pointer.pointee.wants_identification_faults = program.kinds.contains(.identification) ? 1 : 0
    }

    deinit {
        munmap(memory, length)
    }
}
