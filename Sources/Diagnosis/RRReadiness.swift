import Measurement
import PerfEvents

/// Whether rr will work on a machine: what rr needs, question by question, as far as the machine's files and the table
/// of branch events (`RCBTable`) tell. Nothing is measured; what only a run can tell names the probe that does.
///
/// What rr itself checks is read in its `src/PerfCounters.cc` and `src/PerfCounters_x86.h` of August 2026.
public struct RRReadiness: Codable, Sendable, Hashable {
    public enum Answer: String, Codable, Sendable, Hashable, CaseIterable {
        case yes, no
        /// Only a run tells.
        case measure
    }

    public struct Check: Codable, Sendable, Hashable {
        /// Answered by yes where rr will work.
        public var question: String
        public var answer: Answer
        /// Why, in a sentence or two.
        public var reason: String
        /// Whether rr looks at it, before its recordings can be wrong.
        public var isCheckedByRR: Bool
        /// Id of the probe of `truecount diagnose` that measures it, where there is one.
        public var probe: String?
    }

    public enum Outlook: String, Codable, Sendable, Hashable, CaseIterable {
        /// Something that rr needs is missing.
        case no
        /// Nothing known is against it; the counts have to be measured.
        case open
    }

    public var outlook: Outlook
    /// The answer in a sentence or two.
    public var conclusion: String
    /// First those that rr makes itself.
    public var checks: [Check]

    public init(_ machine: Machine) {
        let facts = RRFacts(machine)
        let made = RRRequirement.all.compactMap { requirement in
            requirement.answer(facts).map { answer, reason in
                Check(
                    question: requirement.question, answer: answer, reason: reason,
                    isCheckedByRR: requirement.isCheckedByRR, probe: answer == .measure ? requirement.probe : nil)
            }
        }
        checks = made.filter(\.isCheckedByRR) + made.filter { !$0.isCheckedByRR }
        let missing = checks.filter { $0.answer == .no }
        outlook = missing.isEmpty ? .open : .no
        guard let first = missing.first else {
            conclusion =
                "Nothing known prevents rr here. Find out whether the counts are exact: truecount diagnose."
            return
        }
        let more = missing.count > 1 ? " (and \(missing.count - 1) more)" : ""
        conclusion =
            first.isCheckedByRR
            ? "rr will not work here: \(first.reason)\(more)"
            : "rr will start here, but its recordings will not replay: \(first.reason) rr does not check this.\(more)"
    }
}

/// Something that rr needs, as data: nil where the question does not arise on a machine.
struct RRRequirement: Sendable {
    let question: String
    let isCheckedByRR: Bool
    let probe: String?
    let answer: @Sendable (RRFacts) -> (RRReadiness.Answer, String)?

    init(
        _ question: String, checkedByRR: Bool = true, probe: String? = nil,
        _ answer: @escaping @Sendable (RRFacts) -> (RRReadiness.Answer, String)?
    ) {
        self.question = question
        isCheckedByRR = checkedByRR
        self.probe = probe
        self.answer = answer
    }

    /// One whose answer is a measurement, where there is a PMU.
    private static func measured(
        _ question: String, checkedByRR: Bool = true, probe: String? = nil,
        where applies: @escaping @Sendable (RRFacts) -> Bool = { _ in true },
        _ reason: @escaping @Sendable (RRFacts) -> String
    ) -> RRRequirement {
        RRRequirement(question, checkedByRR: checkedByRR, probe: probe) { facts in
            facts.hasPMU && applies(facts) ? (.measure, reason(facts)) : nil
        }
    }

    static let all: [RRRequirement] = fixed + counting + onSomeCPUs + unchecked

    /// What files tell for certain.
    private static let fixed = [
        RRRequirement("Does rr know this CPU and an exact event for it?") { facts in
            if let row = facts.row, row.counts == .unsupported { return (.no, row.notes.joined(separator: " ")) }
            if let identity = facts.identity, identity.isFamily15hToRR {
                return (.no, "rr takes \(identity) for AMD's family 15h and counts taken branches; report it to rr.")
            }
            guard let row = facts.row, let identity = facts.identity, row.isSupportedByRR(identity) else {
                let name = facts.machine.processor.identity ?? "this CPU"
                return (
                    .no,
                    "rr's table lacks \(name), so rr stops at once. Try a newer rr, or report it to the rr project."
                )
            }
            return (.yes, "\(row.microarchitecture): \(row.eventName) (0x\(String(row.config, radix: 16))).")
        },
        RRRequirement("May rr open its events?") { facts in
            let (limits, privileges) = (facts.machine.limits, facts.machine.privileges)
            guard facts.hasPMU, let level = limits.perfEventParanoid else {
                let obstacle = facts.machine.obstacles.first { $0.weight == .prevents }
                return (.no, obstacle?.description ?? "Linux shows no core PMU.")
            }
            if privileges.hasSystemAdministrationCapability == true {
                return (.yes, "CAP_SYS_ADMIN may open any event.")
            }
            // Levels above 2 are patches of Debian and Ubuntu. rr counts context switches, which happen in the kernel.
            let isAllowed = level <= 1 || (level == 2 && privileges.hasPerfmonCapability == true)
            let remedy = " and rr needs 1: sysctl kernel.perf_event_paranoid=1\(level > 2 ? "" : ", or rr record -n")"
            return (isAllowed ? .yes : .no, "perf_event_paranoid is \(level)\(isAllowed ? "" : remedy).")
        },
        RRRequirement("Does rr find the CPUs of each core type?") { facts in
            guard let types = facts.machine.topology.coreTypes, types.count > 1 else { return nil }
            // rr's CPUs.cc reads "a" and "a-b".
            let list = types.values.sorted().first { $0.contains(",") }
            return list.map { (.no, "rr cannot read the CPU list \($0), and ignores that core type.") }
                ?? (.yes, "rr binds the program to the performance cores.")
        },
        RRRequirement("Do the counters stop in system management mode?") { facts in
            facts.smi { $0 == "cpu" }
        },
    ]

    /// What rr relies on everywhere.
    private static let counting = [
        measured("Does the counter count each branch once?", probe: "uninterrupted-exactness") { _ in
            "rr tries 500 branches, once, and accepts any count of 500 and above."
        },
        measured(
            "Does each interrupt come within rr's skid limit?", probe: "skid", where: { $0.row?.skidLimit != nil }
        ) { facts in
            "rr's limit is \(Figures.grouped(facts.row?.skidLimit ?? 0)) branches, a constant; rr does not measure the skid."
        },
        measured("Does a replay count the same as its recording?", probe: "record-and-replay") { _ in
            "Only a replay checks this, when the recording is already made and may be wrong."
        },
    ]

    /// What rr asks on some CPUs and hypervisors only.
    private static let onSomeCPUs = [
        RRRequirement("Do PMIs add no counts?", probe: "pmi-totals") { facts in
            guard facts.isIntel, facts.hasPMU, let hypervisor = facts.hypervisor else { return nil }
            return hypervisor == "Xen"
                ? (.no, "This is a guest of Xen, and no configuration of Xen is known to count right.")
                : (.measure, "This is a guest of \(hypervisor); rr checks a single PMI.")
        },
        measured(
            "Does a checkpointed counter keep its count when it is disabled?", probe: "checkpointed",
            where: { $0.hasTransactions && $0.hypervisor != nil }
        ) { _ in "KVM is known to lose it (rr's check_for_kvm_in_txcp_bug)." },
        measured(
            "Is SpecLockMap off?", probe: "locked-instructions", where: { $0.note(about: "SpecLockMap") != nil }
        ) { _ in "rr tries one locked instruction, which seldom shows it; rr's zen_workaround.py turns it off." },
        measured(
            "Are branches between two CPUIDs counted?", probe: "cpu-identification",
            where: { $0.hypervisor == "VMware" }
        ) { _ in
            "VMware can lose them; rr notices only at replay. Set monitor_control.disable_hvsim_clusters = \"true\"."
        },
        measured(
            "Is the program free of transactions (TSX), or of exclusive loads and stores (Arm)?",
            where: { $0.hasTransactions || $0.machine.processor.implementer != nil }
        ) { _ in "It depends on the program; rr stops at the first one." },
    ]

    /// What rr never looks at.
    private static let unchecked = [
        RRRequirement("Do PMIs leave the count alone (freeze-on-pmi)?", checkedByRR: false, probe: "pmi-ledger") {
            facts in
            let freezes = facts.machine.registers?.freezesCountersOnPMI
            let register = (facts.machine.processor.maker ?? .intel).freezeControl?.register ?? "its register"
            if freezes == true { return (.no, "Bit 12 of \(register) is set: all counters stop at each overflow.") }
            if let obstacle = facts.obstacle("perf-v4-pmi") { return (.no, obstacle.description) }
            let here = freezes == false ? "; bit 12 of \(register) is clear." : "."
            return facts.hasPMU ? (.measure, "rr checks one PMI, for a surplus and not for a deficit\(here)") : nil
        },
        RRRequirement("Does the kernel pass all bits of the event to the PMU?", checkedByRR: false) { facts in
            guard facts.row?.needsSecondUnitMask == true, let mask = facts.machine.corePMU?.formats?["umask"] else {
                return nil
            }
            let reason = "This CPU's event needs bit 40, and format/umask of the PMU is \(mask)"
            return mask.contains("40-47")
                ? (.yes, "\(reason).")
                : (.no, "\(reason): another event is counted. Run Linux 6.11 or newer.")
        },
        RRRequirement("Do the counters of hybrid CPUs stop in system management mode?", checkedByRR: false) {
            $0.smi { $0 != "cpu" }
        },
        measured(
            "Does a counter keep its count while another one interrupts?", checkedByRR: false, probe: "bystander"
        ) { _ in "rr never counts beside a sampler, so it cannot notice." },
        measured("Does each overflow raise one PMI?", checkedByRR: false, probe: "pmi-count") { _ in
            "rr notices a missing one by chance, in a replay."
        },
        measured("Is rr spared throttling?", checkedByRR: false, probe: "sampling-rate") { facts in
            facts.obstacle("sample-rate")?.description ?? "rr reads no THROTTLE records."
        },
        measured("Does rr keep its counters?", checkedByRR: false, probe: "multiplexing") { facts in
            "Release builds of rr do not notice a lost counter."
                + (facts.obstacle("nmi-watchdog").map { " \($0.description)" } ?? "")
        },
        measured(
            "Is the event free of errata?", checkedByRR: false, probe: "uninterrupted-exactness",
            where: { $0.note(about: "rratum") != nil }
        ) { $0.note(about: "rratum") ?? "" },
        measured(
            "Do all CPUs count the same?", checkedByRR: false, probe: "migration",
            where: { $0.machine.topology.onlineCount != 1 }
        ) { _ in "rr checks only the CPU that it is bound to; truecount diagnose --cpu all checks each." },
    ]
}

/// What the answers follow from.
struct RRFacts: Sendable {
    let machine: Machine
    let identity: CPUIdentity?
    let row: RCBTableRow?

    init(_ machine: Machine) {
        self.machine = machine
        let processor = machine.processor
        if let vendor = processor.vendor, let family = processor.family, let model = processor.model {
            identity = .x86(vendor: vendor, family: family, model: model, stepping: processor.stepping ?? 0)
        } else if let implementer = processor.implementer, let part = processor.part {
            identity = .arm(implementer: implementer, part: part)
        } else {
            identity = nil
        }
        let coreType = processor.coreType.flatMap(HybridCoreType.init(rawValue:))
        row = identity.flatMap { RCBTable.row(for: $0, coreType: coreType) }
    }

    var hasPMU: Bool { machine.corePMU != nil }
    var isIntel: Bool { machine.processor.vendor == "GenuineIntel" }
    var hasTransactions: Bool { machine.processor.flags.contains { $0 == "rtm" || $0 == "hle" } }
    /// What the table of events says of this CPU about something.
    func note(about subject: String) -> String? { row?.notes.first { $0.contains(subject) } }
    var hypervisor: String? { machine.hypervisor.map { $0.name ?? "an unknown hypervisor" } }

    func obstacle(_ id: String) -> Obstacle? { machine.obstacles.first { $0.id == id } }

    /// Of the core PMUs with such a name: rr reads the file of "cpu", and hybrid CPUs have no PMU of that name.
    func smi(_ isMeant: (String) -> Bool) -> (RRReadiness.Answer, String)? {
        guard let pmu = machine.pmus.first(where: { $0.isCore && isMeant($0.name) }), let value = pmu.freezeOnSMI else {
            return nil
        }
        if let obstacle = obstacle("freeze-on-smi") { return (.no, obstacle.description) }
        return value == 1 ? (.yes, "\(pmu.name)/freeze_on_smi is 1.") : nil
    }
}
