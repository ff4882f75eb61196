/// What counts the branches of a run.
public enum CounterSource: String, Codable, Sendable, Hashable, CaseIterable {
    /// The core PMU's retired-conditional-branch event.
    case hardware
    /// A breakpoint counter on one branch instruction: the kernel's perf core, without a PMU.
    case breakpoint
    /// A software model of a PMU. Nothing that it says is about this machine.
    case simulated
}
