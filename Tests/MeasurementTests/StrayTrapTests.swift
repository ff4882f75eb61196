import CPerf
import CTestSupport
import Glibc
import Testing

@testable import Measurement

@Suite("Stray traps")
struct StrayTrapTests {
    @Test("A trap is counted in the thread that met it, and labels no other thread's runs")
    func perThread() throws {
        let watch = try StrayTrapWatch()
        let before = cperf_stray_traps()
        var thread = pthread_t()
        let started = pthread_create(
            &thread, nil,
            { _ in
                let own = cperf_stray_traps()
                _ = ctest_raise_as_kernel(SIGTRAP, Int32(CTEST_TRAP_HWBKPT))
                _ = ctest_raise_as_kernel(SIGTRAP, Int32(CTEST_TRAP_TRACE))
                return UnsafeMutableRawPointer(bitPattern: UInt(cperf_stray_traps() - own))
            }, nil)
        #expect(started == 0)
        var counted: UnsafeMutableRawPointer?
        #expect(pthread_join(thread, &counted) == 0)
        #expect(UInt(bitPattern: counted) == 2)
        #expect(cperf_stray_traps() == before)
        #expect(ctest_raise_as_kernel(SIGTRAP, Int32(CTEST_TRAP_HWBKPT)) == 0)
        #expect(cperf_stray_traps() == before + 1)
        _ = consume watch
    }

    /// What Swift's own traps raise on aarch64 is TRAP_BRKPT, of the brk instruction.
    @Test("A trap of the program's own kills it all the same")
    func ownTraps() async {
        await #expect(processExitsWith: .signal(SIGTRAP)) {
            let watch = try StrayTrapWatch()
            raise(SIGTRAP)
            _ = consume watch
        }
        await #expect(processExitsWith: .signal(SIGTRAP)) {
            let watch = try StrayTrapWatch()
            _ = ctest_raise_as_kernel(SIGTRAP, Int32(CTEST_TRAP_BRKPT))
            _ = consume watch
        }
    }

    @Test("Whoever had the signal before gets what is no debug exception, and has it back after the last watch")
    func handlerBefore() async {
        await #expect(processExitsWith: .exitCode(7)) {
            signal(SIGTRAP) { _ in _exit(7) }
            let watch = try StrayTrapWatch()
            raise(SIGTRAP)
            _ = consume watch
        }
        await #expect(processExitsWith: .exitCode(9)) {
            signal(SIGTRAP) { _ in _exit(9) }
            let first = try StrayTrapWatch()
            let second = try StrayTrapWatch()
            _ = consume first
            // Still watched by the other.
            _ = ctest_raise_as_kernel(SIGTRAP, Int32(CTEST_TRAP_HWBKPT))
            guard cperf_stray_traps() == 1 else { _exit(1) }
            _ = consume second
            _ = ctest_raise_as_kernel(SIGTRAP, Int32(CTEST_TRAP_HWBKPT))
        }
    }
}
