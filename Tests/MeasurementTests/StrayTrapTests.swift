import CPerf
import Glibc
import Testing

@Suite("Stray traps")
struct StrayTrapTests {
    @Test("A trap is counted in the thread that met it, and labels no other thread's runs")
    func perThread() {
        #expect(cperf_watch_for_stray_traps() == 0)
        let before = cperf_stray_traps()
        var thread = pthread_t()
        let started = pthread_create(
            &thread, nil,
            { _ in
                let own = cperf_stray_traps()
                raise(SIGTRAP)
                raise(SIGTRAP)
                return UnsafeMutableRawPointer(bitPattern: UInt(cperf_stray_traps() - own))
            }, nil)
        #expect(started == 0)
        var counted: UnsafeMutableRawPointer?
        #expect(pthread_join(thread, &counted) == 0)
        #expect(UInt(bitPattern: counted) == 2)
        #expect(cperf_stray_traps() == before)
        raise(SIGTRAP)
        #expect(cperf_stray_traps() == before + 1)
    }
}
