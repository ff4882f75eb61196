import CPerf

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

    public init(instructionPointer: UInt64, remaining: UInt64, inner: UInt64, counter: UInt64) {
        self.instructionPointer = instructionPointer
        self.remaining = remaining
        self.inner = inner
        self.counter = counter
    }

    /// Numbers of the bits in `sample_regs_user` (asm/perf_regs.h).
    private enum Bit {
        #if arch(x86_64)
            static let instructionPointer = 8
            static let remaining = 16
            static let inner = 17
            static let counter = 2
        #else
            static let instructionPointer = 32
            static let remaining = 9
            static let inner = 10
            static let counter = 11
        #endif
    }

    /// What to ask for in `sample_regs_user`: all of them are real even where the PMI interrupted the kernel
    /// (arch/x86/kernel/perf_regs.c fills the callee-saved ones with -1 there).
    public static let sampleMask: UInt64 =
        1 << Bit.instructionPointer | 1 << Bit.remaining | 1 << Bit.inner | 1 << Bit.counter

    /// From a sample: `value` looks up a register by its bit. Nil where one of them was not sampled.
    public init?(sampled value: (_ bit: Int) -> UInt64?) {
        guard
            let instructionPointer = value(Bit.instructionPointer), let remaining = value(Bit.remaining),
            let inner = value(Bit.inner), let counter = value(Bit.counter)
        else { return nil }
        self.init(
            instructionPointer: instructionPointer, remaining: remaining, inner: inner, counter: counter)
    }

    /// From a stopped child (PTRACE_GETREGSET).
    public init(_ registers: cperf_child_registers) {
        self.init(
            instructionPointer: registers.instruction_pointer, remaining: registers.remaining,
            inner: registers.inner, counter: registers.counter)
    }
}
