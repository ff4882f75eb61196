import PerfEvents
import Workloads

/// Which events a source counts and samples, and what their closed forms are: the one place where `hardware` and
/// `breakpoint` differ.
public struct CountedEvents: Sendable {
    public enum Kind: Sendable {
        /// The core PMU: the event that counts retired conditional branches (or, on Arm, taken ones), and the
        /// instructions event of the same PMU as the other one.
        case hardware(RCBEvent, instructions: Event)
        /// Breakpoints on the loop-closing branch of each workload, and on another instruction that is executed as
        /// often.
        case breakpoint
    }

    package let kind: Kind

    public init(_ kind: Kind) { self.kind = kind }

    /// The core PMU's events for an RCB event.
    public static func hardware(_ rcb: RCBEvent) -> CountedEvents {
        // The upper half of `config` names the PMU where there are several core types (Linux 5.13, perf_event_open(2)).
        let isPlainCorePMU = rcb.event.type == Event.raw(0).type
        let pmu = isPlainCorePMU ? 0 : UInt64(rcb.event.type) << 32
        var instructions = Event.hardware(.instructions)
        instructions.config |= pmu
        #if arch(arm64)
            // Arm's driver refuses that half up to Linux 6.1 or later, and takes its own number with INST_RETIRED everywhere.
            if !isPlainCorePMU { instructions = .dynamic(pmuType: rcb.event.type, config: 0x08) }
        #endif
        return CountedEvents(.hardware(rcb, instructions: instructions))
    }

    package var source: CounterSource {
        switch kind {
        case .hardware: .hardware
        case .breakpoint: .breakpoint
        }
    }

    package var name: String {
        switch kind {
        case .hardware(let rcb, _): rcb.name
        case .breakpoint: "breakpoint on the loop-closing branch"
        }
    }

    /// `config` of the event that `name` names; nil for breakpoints, which have none.
    package var config: UInt64? {
        if case .hardware(let rcb, _) = kind { rcb.event.config } else { nil }
    }

    var otherName: String {
        switch kind {
        case .hardware: "instructions"
        case .breakpoint: "breakpoint on another instruction"
        }
    }

    func counted(_ workload: Workload) -> Event {
        switch kind {
        case .hardware(let rcb, _): rcb.event
        case .breakpoint: .breakpoint(executing: workload.site)
        }
    }

    func other(_ workload: Workload) -> Event {
        switch kind {
        case .hardware(_, let instructions): instructions
        case .breakpoint: .breakpoint(executing: workload.secondSite)
        }
    }

    /// What interrupts beside a run, as the NMI watchdog does: cycles of the same PMU, or where there is none the
    /// kernel's clock; and its period, about 1 ms of either.
    var antagonist: (event: Event, period: UInt64) {
        switch kind {
        case .hardware(_, let instructions):
            var cycles = Event.hardware(.cpuCycles)
            cycles.config |= instructions.config & ~0xffff_ffff
            // The PMU's own number, on Arm: CPU_CYCLES.
            if instructions.type != cycles.type { cycles = .dynamic(pmuType: instructions.type, config: 0x11) }
            return (cycles, 3_000_000)
        case .breakpoint: return (.software(.cpuClock), 1_000_000)
        }
    }

    /// The PMU of the core that a CPU is; nil for breakpoints, which every CPU has.
    func corePMU(of cpu: Int) -> PMUDevice? {
        switch kind {
        case .hardware: PMUDevice.ofCore(cpu: cpu, files: SystemFiles())
        case .breakpoint: nil
        }
    }

    /// Of what a program does.
    package var counts: CountedBranches {
        switch kind {
        case .hardware(let rcb, _): rcb.counts
        case .breakpoint: .oneBranch
        }
    }

    /// Whether it counts returns and jumps, too: then a handler's return is among them.
    var countsUnconditionalBranches: Bool { counts.kind != .conditional }

    /// Counted events that the closed form gives.
    func expected(_ workload: Workload, iterations: UInt64) -> UInt64 {
        switch kind {
        case .breakpoint: iterations
        case .hardware(let rcb, _): workload.figures(iterations: iterations).branches(rcb.counts.kind)
        }
    }

    /// The same for a sampler of this event beside a counter: its window is the longer one, and a jump leads out of it. In the
    /// counter's group it stops with the counter.
    func expectedBesideCounter(_ workload: Workload, iterations: UInt64, inItsGroup: Bool = false) -> UInt64 {
        let expected = expected(workload, iterations: iterations)
        let (sum, isTooLarge) = expected.addingReportingOverflow(Workload.branchesBehindCounter)
        return countsUnconditionalBranches && !inItsGroup && !isTooLarge ? sum : expected
    }

    /// The same for the other event. Nil for instructions: what the system calls at the window's ends and interrupts
    /// add to them differs between CPUs (Weaver, ISPASS 2013), so they sample but are not compared.
    func expectedOther(_ workload: Workload, iterations: UInt64) -> UInt64? {
        switch kind {
        case .breakpoint: iterations
        case .hardware: nil
        }
    }

    /// Counts that the sampled event has really reached, by the workload's own registers.
    func truePosition(
        _ workload: Workload, iterations: UInt64, registers: UserRegisters, samplesOtherEvent: Bool
    ) -> UInt64? {
        switch kind {
        case .breakpoint:
            samplesOtherEvent
                ? workload.secondSitePosition(iterations: iterations, registers: registers)
                : workload.sitePosition(iterations: iterations, registers: registers)
        case .hardware(let rcb, _):
            samplesOtherEvent
                ? nil : workload.position(of: rcb.counts.kind, iterations: iterations, registers: registers)
        }
    }
}

extension CountedBranches {
    /// Which closed form an event of the core PMU is compared with. An event for which none is known is compared with
    /// conditional branches: the one who named it answers for it.
    var kind: BranchKind {
        switch self {
        case .takenBranches: .taken
        case .allBranches: .any
        case .conditional, .oneBranch, .unsupported: .conditional
        }
    }
}
