/// What an instruction does to the flow of control, read from its bytes.
///
/// Conditional branches carry their length: one was taken where the next instruction is not the one behind it.
public enum InstructionClass: Sendable, Hashable {
    case conditional(length: Int)
    case jump, call, `return`, systemCall, other

    /// Bytes of the longest instruction (Intel SDM volume 2, 2.3.11).
    public static let longestInstruction = 15

    /// Of the architecture for which this is built.
    public init(_ bytes: some Collection<UInt8>) {
        #if arch(x86_64)
            self.init(x86_64: bytes)
        #else
            self.init(aarch64: bytes)
        #endif
    }
}
