import CPerf
import PerfEvents

/// The registers that hold a workload's position, by their roles. Which machine register plays which role is said in
/// the `routine.h` of each architecture.
public struct UserRegisters: Sendable, Hashable {
    public var instructionPointer: UInt64
    /// Iterations not yet completed.
    public var remaining: UInt64
    /// An inner count, or a generator's state.
    public var inner: UInt64
    /// A third count.
    public var counter: UInt64

    @inlinable
    public init(instructionPointer: UInt64, remaining: UInt64, inner: UInt64, counter: UInt64) {
        self.instructionPointer = instructionPointer
        self.remaining = remaining
        self.inner = inner
        self.counter = counter
    }

    /// Numbers of the bits in `sample_regs_user` (asm/perf_regs.h).
    @usableFromInline
    enum Bit {
        #if arch(x86_64)
            @inlinable static var instructionPointer: Int { 8 }
            @inlinable static var remaining: Int { 16 }
            @inlinable static var inner: Int { 17 }
            @inlinable static var counter: Int { 2 }
        #else
            @inlinable static var instructionPointer: Int { 32 }
            @inlinable static var remaining: Int { 9 }
            @inlinable static var inner: Int { 10 }
            @inlinable static var counter: Int { 11 }
        #endif
    }

    /// What to ask for in `sample_regs_user`: all of them are real even where the PMI interrupted the kernel
    /// (arch/x86/kernel/perf_regs.c fills the callee-saved ones with -1 there).
    @inlinable
    public static var sampleMask: UInt64 {
        1 << Bit.instructionPointer | 1 << Bit.remaining | 1 << Bit.inner | 1 << Bit.counter
    }

    /// From a sample of an event that asked for ``sampleMask``. Nil where it asked for others, or where there was no user
    /// space to ask.
    @inlinable @inline(__always)
    public init?(_ sample: borrowing SampleRecord) {
        // The last one first: where it is there, so are the others, as the compiler can tell.
        guard sample.layout.userRegisterMask == Self.sampleMask,
            sample.userRegister(at: Self.sampleMask.nonzeroBitCount - 1) != nil,
            let instructionPointer = sample.userRegister(at: Self.place(of: Bit.instructionPointer)),
            let remaining = sample.userRegister(at: Self.place(of: Bit.remaining)),
            let inner = sample.userRegister(at: Self.place(of: Bit.inner)),
            let counter = sample.userRegister(at: Self.place(of: Bit.counter))
        else { return nil }
        self.init(
            instructionPointer: instructionPointer, remaining: remaining, inner: inner, counter: counter)
    }

    /// Where a register stands among those of ``sampleMask``. The compiler knows, so that no bits are counted for each
    /// sample: without POPCNT, which is beyond baseline x86-64, that took half of the time of decoding.
    @inlinable @inline(__always)
    static func place(of bit: Int) -> Int { (sampleMask & ((1 << bit) - 1)).nonzeroBitCount }

    /// From a stopped child (PTRACE_GETREGSET).
    public init(_ registers: cperf_child_registers) {
        self.init(
            instructionPointer: registers.instruction_pointer, remaining: registers.remaining,
            inner: registers.inner, counter: registers.counter)
    }
}
