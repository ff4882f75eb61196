import Glibc
import PerfEvents
import SystemPackage

/// IA32_DEBUGCTL of one CPU, through the msr driver (msr(4)), for writing.
struct DebugControl: ~Copyable {
    let descriptor: CInt
    private let path: String

    init(cpu: Int) throws(InductionError) {
        let path = "/dev/cpu/\(cpu)/msr"
        let descriptor = open(path, O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { throw .refusal("opening \(path)", Errno(rawValue: errno)) }
        self.descriptor = descriptor
        self.path = path
    }

    deinit { close(descriptor) }

    func read() throws(InductionError) -> UInt64 {
        var value: UInt64 = 0
        let count = pread(descriptor, &value, 8, off_t(ModelSpecificRegister.debugControl.rawValue))
        guard count == 8 else { throw .refusal("reading MSR 0x1d9 of \(path)", Errno(rawValue: errno)) }
        return value
    }

    func write(_ value: UInt64) throws(InductionError) {
        var value = value
        let count = pwrite(descriptor, &value, 8, off_t(ModelSpecificRegister.debugControl.rawValue))
        guard count == 8 else { throw .refusal("setting bit 12 of MSR 0x1d9 of \(path)", Errno(rawValue: errno)) }
    }
}
