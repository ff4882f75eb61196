import Diagnosis
import Measurement
import PerfEvents

/// What is known of a machine as lines of a label and a value. What is unknown has no line.
enum MachineFacts {
    struct Fact {
        var label: String
        var value: String
    }

    static func all(_ machine: Machine) -> [Fact] {
        let pairs =
            software(machine) + processor(machine) + counters(machine) + limits(machine.limits)
            + privileges(machine.privileges)
            + registers(machine) + interrupts(machine.interrupts) + details(machine.kernel)
        return pairs.compactMap { label, value in value.map { Fact(label: label, value: $0) } }
    }

    private typealias Pair = (String, String?)

    private static func software(_ machine: Machine) -> [Pair] {
        let parameters = machine.kernel.bootParameters.map { parameter in
            ("boot parameter", "\(parameter.name)\(parameter.value.map { "=\($0)" } ?? ""): \(parameter.meaning)")
        }
        return [
            ("kernel", machine.kernel.banner ?? machine.kernel.release),
            ("distribution", machine.distribution?.name),
            ("architecture", machine.architecture),
            ("tainted", tainted(machine.kernel)),
        ] + parameters
    }

    /// "no", "4096 (O: a module from outside the tree was loaded)"
    private static func tainted(_ kernel: Machine.Kernel) -> String? {
        kernel.tainted.map { bits in
            let meanings = kernel.taints?.joinedOrNil("; ").map { " (\($0))" } ?? ""
            return bits == 0 ? "no" : "\(bits)\(meanings)"
        }
    }

    /// What fills many lines, and is read last.
    private static func details(_ kernel: Machine.Kernel) -> [Pair] {
        let parameters = kernel.moduleParameters?.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        let options = kernel.configuration?.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        return [
            ("perf", kernel.perfVersion), ("clock source", kernel.clockSource),
            ("modules that use the PMU", kernel.modules?.joinedOrNil(" ")),
            ("module parameters", parameters?.joinedOrNil(" ")),
            ("kernel command line", kernel.commandLine), ("kernel configuration", options?.joinedOrNil(" ")),
        ] + (kernel.log ?? []).map { ("kernel log", $0) }
    }

    private static func processor(_ machine: Machine) -> [Pair] {
        let processor = machine.processor
        let firmware = machine.firmware
        return [
            ("CPU of interest", "\(processor.number)"),
            ("CPU model", [processor.identity, processor.name].compactMap(\.self).joinedOrNil(", ")),
            ("microarchitecture", processor.microarchitecture),
            ("core type", processor.coreType),
            ("microcode", processor.microcode),
            ("frequency governor", processor.governor),
            ("CPUID signature", processor.signature.map { hexadecimal(UInt64($0)) }),
            ("CPU flags", processor.flags.joinedOrNil(" ")),
            ("perf monitoring", processor.performanceMonitoring.flatMap(monitoring)),
            ("CPUs online", machine.topology.online),
            ("SMT", machine.topology.smtActive.map { $0 ? "active" : "inactive" }),
            ("hypervisor", machine.hypervisor.map { $0.name ?? $0.signature ?? "unnamed" }),
            (
                "firmware",
                [firmware?.systemVendor, firmware?.product, firmware?.biosVersion].compactMap(\.self).joinedOrNil(", ")
            ),
        ]
    }

    private static func monitoring(_ monitoring: Machine.PerformanceMonitoring) -> String? {
        [
            monitoring.version.map { "version \($0)" },
            monitoring.generalCounters.map { "\($0) general counters" },
            monitoring.generalCounterWidth.map { "of \($0) bits" },
            monitoring.fixedCounters.map { "\($0) fixed counters" },
            monitoring.fixedCounterWidth.map { "of \($0) bits" },
            monitoring.hasAMDVersion2 == true ? "PerfMonV2" : nil,
            monitoring.canFreezeAMD == true ? "can freeze at a PMI" : nil,
        ].compactMap(\.self).joinedOrNil(", ")
    }

    private static func counters(_ machine: Machine) -> [Pair] {
        let events = machine.branchEvents.map {
            ("RCB event", "\($0.name), counts \($0.counts.words), from \($0.provenance)") as Pair
        }
        let pmus = machine.pmus.map { ("PMU", pmu($0)) as Pair }
        return events + [
            ("RCB event missing", machine.branchEventsProblem),
            (
                "libpfm4",
                machine.libpfm.map {
                    "\($0.version), tables for this CPU: \($0.detected.joinedOrNil(", ") ?? "none")"
                }
            ),
        ] + pmus
    }

    private static func pmu(_ pmu: Machine.PMU) -> String {
        let details: [String?] = [
            "\(pmu.name) (type \(pmu.type)\(pmu.isCore ? ", core PMU" : ""))",
            pmu.cpus.map { "on CPUs \($0)" },
            list("caps", pmu.capabilities),
            list("formats", pmu.formats),
            pmu.freezeOnSMI.map { "freeze_on_smi \($0)" },
            pmu.rdpmc.map { "rdpmc \($0)" },
        ]
        return details.compactMap(\.self).joined(separator: ", ")
    }

    private static func list(_ label: String, _ values: [String: String]?) -> String? {
        guard let values, !values.isEmpty else { return nil }
        return "\(label) " + values.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
    }

    private static func limits(_ limits: Machine.Limits) -> [Pair] {
        [
            ("perf_event_paranoid", limits.perfEventParanoid.map(String.init)),
            ("perf_event_max_sample_rate", limits.perfEventMaxSampleRate.map { "\($0) a second" }),
            ("perf_cpu_time_max_percent", limits.perfCPUTimeMaxPercent.map(String.init)),
            ("perf_event_mlock_kb", limits.perfEventMlockKB.map(String.init)),
            ("nmi_watchdog", limits.nmiWatchdog.map(String.init)),
        ]
    }

    private static func privileges(_ privileges: Machine.Privileges) -> [Pair] {
        [
            ("CAP_PERFMON", privileges.hasPerfmonCapability.map(yesOrNo)),
            ("CAP_SYS_ADMIN", privileges.hasSystemAdministrationCapability.map(yesOrNo)),
            ("seccomp", privileges.seccompMode.map { $0 == 0 ? "none" : $0 == 1 ? "strict" : "filter" }),
            ("lockdown", privileges.lockdown),
        ]
    }

    private static func registers(_ machine: Machine) -> [Pair] {
        let (registers, end) = (machine.registers, machine.atEnd?.registers)
        func bits(_ name: String, _ bits: KeyPath<Machine.Registers, UInt64?>) -> Pair {
            let (before, after) = (registers?[keyPath: bits].map(hexadecimal), end?[keyPath: bits].map(hexadecimal))
            return (name, before.map { $0 + (after == nil || after == before ? "" : ", at the end \(after ?? "")") })
        }
        let isAMD = machine.processor.maker == .amd
        let smis = registers?.smiCount.map { count in
            "\(count)" + (end?.smiCount.map { $0 == count ? "" : ", at the end \($0)" } ?? "")
        }
        return [
            bits(debugControl(machine), \.debugControl),
            ("freezes counters on PMI", registers?.freezesCountersOnPMI.map(yesOrNo)),
            bits("IA32_PERF_CAPABILITIES", \.performanceCapabilities),
            bits(isAMD ? "PerfCntrGlobalCtl" : "IA32_PERF_GLOBAL_CTRL", \.globalControl), ("SMIs since reset", smis),
            ("MSRs", machine.registersProblem),
        ]
    }

    /// The label of the register that freezes.
    static func debugControl(_ machine: Machine) -> String {
        ((machine.processor.maker ?? .intel).freezeControl)?.register ?? "debug control"
    }

    private static func interrupts(_ interrupts: Machine.Interrupts?) -> [Pair] {
        [
            ("NMIs since boot", interrupts?.nmis.map(Figures.grouped)),
            ("PMIs since boot", interrupts?.pmis.map(Figures.grouped)),
        ]
    }

    private static func yesOrNo(_ value: Bool) -> String { value ? "yes" : "no" }
    private static func hexadecimal(_ value: UInt64) -> String { "0x" + String(value, radix: 16) }
}

extension [String] {
    fileprivate func joinedOrNil(_ separator: String) -> String? { isEmpty ? nil : joined(separator: separator) }
}
