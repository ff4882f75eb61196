import CPerf
import Glibc
import SystemPackage

/// Counts the executions of one instruction in the kernel's perf core, for tests: disabled at first, user space only.
struct BreakpointCounter: ~Copyable {
    let descriptor: Int32

    /// - Parameters:
    ///   - process: 0 is the calling thread.
    ///   - period: executions between two overflows, each of which sends SIGIO to the process; 0 is none.
    init(at address: UInt, process: Int32 = 0, period: UInt64 = 0) throws {
        var attributes = perf_event_attr()
        attributes.type = PERF_TYPE_BREAKPOINT.rawValue
        attributes.size = UInt32(MemoryLayout<perf_event_attr>.size)
        attributes.bp_type = UInt32(HW_BREAKPOINT_X)
        attributes.bp_addr = UInt64(address)
        attributes.bp_len = UInt64(MemoryLayout<Int>.size)
        attributes.sample_period = period
        attributes.disabled = 1
        attributes.exclude_kernel = 1
        attributes.exclude_hv = 1
        let opened = cperf_event_open(&attributes, process, -1, -1, UInt(PERF_FLAG_FD_CLOEXEC))
        guard opened >= 0 else { throw Errno(rawValue: -opened) }
        if period > 0, fcntl(opened, F_SETOWN, process) != 0 || fcntl(opened, F_SETFL, O_ASYNC) != 0 {
            let error = Errno(rawValue: errno)
            close(opened)
            throw error
        }
        descriptor = opened
    }

    func enable() throws { try control(0x2400) }
    func disable() throws { try control(0x2401) }

    private func control(_ request: UInt) throws {
        guard ioctl(descriptor, request, 0) == 0 else { throw Errno(rawValue: errno) }
    }

    func value() throws -> UInt64 {
        var value: UInt64 = 0
        guard read(descriptor, &value, 8) == 8 else { throw Errno(rawValue: errno) }
        return value
    }

    deinit {
        close(descriptor)
    }
}
