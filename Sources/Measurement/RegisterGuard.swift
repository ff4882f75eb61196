import CPerf
import SystemPackage

/// Owns the process that restores, and with it the promise that it does.
///
/// Not private: Swift 6.3 leaves a private one undefined when another module destroys its owner, in optimised builds.
struct RegisterGuard: ~Copyable {
    private var process: cperf_register_guard

    init(_ device: borrowing DebugControl, restoring value: UInt64) throws(InductionError) {
        var process = cperf_register_guard()
        let started = cperf_register_guard_start(
            device.descriptor, ModelSpecificRegister.debugControl.rawValue, InducedFreeze.freezeBit, value, &process)
        guard started == 0 else { throw .refusal("starting the guard process", Errno(rawValue: -started)) }
        self.process = process
    }

    consuming func release() -> Bool {
        let restored = cperf_register_guard_release(&process) == 0
        discard self
        return restored
    }

    deinit {
        var process = process
        _ = cperf_register_guard_release(&process)
    }
}
