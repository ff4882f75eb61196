import Diagnosis
import PerfEvents
import Testing

@testable import Measurement

@Suite("Whether rr will work")
struct ReadinessTests {
    private func readiness(_ texts: [String: String]) throws -> RRReadiness {
        RRReadiness(try ReadinessMachine.read(texts))
    }

    /// Of the one question that holds these words; nil where it was not asked.
    private func answer(_ words: String, _ readiness: RRReadiness) throws -> RRReadiness.Answer? {
        let found = readiness.checks.filter { $0.question.contains(words) }
        try #require(found.count <= 1, "\(found.map(\.question))")
        return found.first?.answer
    }

    private func changed(_ texts: [String: String], _ path: String, _ text: String) -> [String: String] {
        texts.merging([path: text]) { $1 }
    }

    @Test("A bare Skylake has nothing against it, and the count is to be measured")
    func skylake() throws {
        let found = try readiness(ReadinessMachine.skylake)
        #expect(found.outlook == .open && found.conclusion.contains("truecount diagnose"))
        #expect(!found.checks.contains { $0.answer == .no })
        let known = try #require(found.checks.first { $0.question.contains("know this CPU") })
        #expect(known.answer == .yes && known.reason.contains("Skylake") && known.reason.contains("0x1c4"))
        #expect(found.checks.contains { $0.reason.contains("limit is 100 branches") })
        #expect(try answer("count each branch once", found) == .measure)
        #expect(try answer("leave the count alone", found) == .measure)
        #expect(try answer("PMIs add no counts", found) == nil)
        #expect(try answer("stop in system management mode", found) == nil)
    }

    @Test("Each measurement names a probe that there is, and no other answer does")
    func probes() throws {
        let machines = [
            ReadinessMachine.skylake, ReadinessMachine.zen4, ReadinessMachine.guest(of: "VMware, Inc."),
            ReadinessMachine.alderLake,
        ]
        let known = Set(ProbeDescription.all.map(\.id))
        let checks = try machines.flatMap { try readiness($0).checks }
        for check in checks {
            guard let probe = check.probe else { continue }
            #expect(known.contains(probe) && check.answer == .measure, "\(check)")
        }
        // What depends on the recorded program has none.
        let without = Set(checks.filter { $0.answer == .measure && $0.probe == nil }.map(\.question))
        #expect(without.count == 1 && without.allSatisfy { $0.contains("Is the program free") }, "\(without)")
    }

    @Test("Without a PMU the answer is no, with the reason and what to change")
    func withoutPMU() throws {
        let found = try readiness(ReadinessMachine.withoutPMU)
        #expect(try found.outlook == .no && answer("May rr open", found) == .no)
        #expect(found.conclusion.contains("gives this guest no core PMU") && found.conclusion.contains("-cpu host"))
        #expect(!found.checks.contains { $0.answer == .measure })
    }

    /// Of what rr does not look at: it starts, and its recordings do not replay.
    private func isUnseen(_ readiness: RRReadiness) -> Bool {
        readiness.outlook == .no && readiness.conclusion.hasPrefix("rr will start here")
            && readiness.checks.allSatisfy { $0.answer != .no || !$0.isCheckedByRR }
    }

    @Test("Where the counters freeze, rr starts and does not see it", arguments: ["perf_v4_pmi=1", "perf_v4_pmi=Y"])
    func freezing(parameter: String) throws {
        let found = try readiness(changed(ReadinessMachine.skylake, "/proc/cmdline", "quiet \(parameter)"))
        #expect(isUnseen(found) && found.conclusion.contains("perf_v4_pmi"))
        let off = try readiness(changed(ReadinessMachine.skylake, "/proc/cmdline", "quiet perf_v4_pmi=0"))
        #expect(off.outlook == .open)
    }

    @Test("The freeze bit of IA32_DEBUGCTL is a no on any kernel")
    func freezeBit() throws {
        var machine = try ReadinessMachine.read(ReadinessMachine.skylake)
        machine.registers = Machine.Registers(debugControl: 1 << 12)
        #expect(isUnseen(RRReadiness(machine)))
        machine.registers = Machine.Registers(debugControl: 1)
        #expect(RRReadiness(machine).outlook == .open)
        #expect(RRReadiness(machine).checks.contains { $0.reason.contains("bit 12 of IA32_DEBUGCTL is clear") })
    }

    @Test("From Comet Lake on rr demands freeze_on_smi")
    func smi() throws {
        #expect(try answer("stop in system management mode", readiness(ReadinessMachine.cometLake)) == .yes)
        let path = "\(ReadinessMachine.devices)/cpu/freeze_on_smi"
        let found = try readiness(changed(ReadinessMachine.cometLake, path, "0"))
        #expect(found.outlook == .no && found.conclusion.contains("echo 1 >") && !isUnseen(found))
    }

    @Test("A Zen is asked for SpecLockMap, and up to Zen 3 told of its erratum")
    func zen() throws {
        let found = try readiness(ReadinessMachine.zen4)
        #expect(try found.outlook == .open && answer("SpecLockMap", found) == .measure)
        #expect(found.checks.contains { $0.reason.contains("limit is 10,000 branches") })
        #expect(try answer("checkpointed", found) == nil && answer("errata", found) == nil)
        let zen2 = try readiness(ReadinessMachine.files(vendor: "AuthenticAMD", family: 23, model: 0x31))
        #expect(try answer("errata", zen2) == .measure)
        #expect(zen2.checks.contains { !$0.isCheckedByRR && $0.reason.contains("1292") })
        #expect(try answer("SpecLockMap", readiness(ReadinessMachine.skylake)) == nil)
    }

    @Test(
        "rr knows Genoa, as Zen 2 with the same event, and counts another event on Turin, which it takes for family 15h"
    )
    func servers() throws {
        let genoa = try readiness(ReadinessMachine.files(vendor: "AuthenticAMD", family: 25, model: 0x11))
        #expect(try genoa.outlook == .open && answer("know this CPU", genoa) == .yes)
        let turin = try readiness(ReadinessMachine.files(vendor: "AuthenticAMD", family: 26, model: 0x02))
        #expect(turin.outlook == .no && turin.conclusion.contains("takes AMD 1a-02-") && !isUnseen(turin))
    }

    @Test("On a hybrid CPU rr does not find the files of freeze_on_smi, and cannot read every list of CPUs")
    func hybrid() throws {
        let found = try readiness(ReadinessMachine.alderLake)
        #expect(try found.outlook == .open && answer("stop in system management mode", found) == .yes)
        #expect(found.checks.contains { $0.reason.contains("limit is 125 branches") })
        #expect(try answer("each core type", found) == .yes)
        for type in ["core", "atom"] {
            let unfrozen = changed(
                ReadinessMachine.alderLake, "\(ReadinessMachine.devices)/cpu_\(type)/freeze_on_smi", "0")
            #expect(isUnseen(try readiness(unfrozen)))
        }
        let scattered = changed(ReadinessMachine.alderLake, "\(ReadinessMachine.devices)/cpu_atom/cpus", "1-3,8")
        #expect(try answer("each core type", readiness(scattered)) == .no)
    }

    @Test("Rights decide", arguments: [(0, true), (1, true), (2, false), (4, false)])
    func paranoid(level: Int, mayOpen: Bool) throws {
        let texts = changed(ReadinessMachine.skylake, "/proc/sys/kernel/perf_event_paranoid", "\(level)")
        #expect(try answer("May rr open", readiness(texts)) == (mayOpen ? .yes : .no))
        let asRoot = changed(texts, "/proc/self/status", "CapEff:\t000001ffffffffff\nSeccomp:\t0\n")
        #expect(try answer("May rr open", readiness(asRoot)) == .yes)
    }

    @Test("CAP_PERFMON opens events at level 2, and does not at the levels of distributions")
    func performanceMonitoring() throws {
        let capability = changed(
            ReadinessMachine.skylake, "/proc/self/status", "CapEff:\t0000004000000000\nSeccomp:\t0\n")
        let paranoid = "/proc/sys/kernel/perf_event_paranoid"
        #expect(try answer("May rr open", readiness(changed(capability, paranoid, "2"))) == .yes)
        #expect(try answer("May rr open", readiness(changed(capability, paranoid, "4"))) == .no)
    }

    @Test(
        "A CPU that rr's table lacks ends it, even where truecount knows an event",
        arguments: [0x85, 0xae, 0xcc, 0xff])
    func unknownCPU(model: Int) throws {
        let found = try readiness(ReadinessMachine.files(model: model))
        #expect(try found.outlook == .no && answer("know this CPU", found) == .no)
        #expect(found.conclusion.contains("rr's table lacks Intel 06-"))
    }

    @Test("A CPU that has no exact event is a no, and says why")
    func unsupportedCPU() throws {
        let found = try readiness(ReadinessMachine.files(model: 0x17))
        #expect(try answer("know this CPU", found) == .no && found.conclusion.contains("unconditional"))
    }

    @Test("VMware's CPUIDs, Xen's PMIs and KVM's checkpointed counters are asked of their own guests")
    func hypervisors() throws {
        let vmware = try readiness(ReadinessMachine.guest(of: "VMware, Inc."))
        #expect(try answer("CPUID", vmware) == .measure && vmware.outlook == .open)
        #expect(try answer("PMIs add no counts", vmware) == .measure)
        let xen = try readiness(
            changed(ReadinessMachine.guest(of: "Xen"), "/sys/class/dmi/id/product_name", "HVM domU"))
        #expect(try answer("PMIs add no counts", xen) == .no && xen.outlook == .no)
        let kvm = try readiness(changed(ReadinessMachine.guest(of: "QEMU"), "/sys/class/dmi/id/product_name", "KVM"))
        #expect(try answer("checkpointed", kvm) == .measure && kvm.outlook == .open)
        #expect(try answer("CPUID", kvm) == nil)
    }

    @Test("A kernel that drops the second unit mask counts another event on Lunar Lake, and rr does not see it")
    func secondUnitMask() throws {
        let old = ReadinessMachine.files(
            model: 0xbd, pmu: ["type": "4", "format/umask": "config:8-15", "freeze_on_smi": "1"])
        #expect(isUnseen(try readiness(old)))
        let new = ReadinessMachine.files(
            model: 0xbd, pmu: ["type": "4", "format/umask": "config:8-15,40-47", "freeze_on_smi": "1"])
        #expect(try readiness(new).outlook == .open)
    }

    @Test("Throttling and the NMI watchdog are named where they are likely")
    func limits() throws {
        let slow = changed(ReadinessMachine.skylake, "/proc/sys/kernel/perf_event_max_sample_rate", "500")
        #expect(try readiness(slow).checks.contains { !$0.isCheckedByRR && $0.reason.contains("is 500") })
        let watched = changed(ReadinessMachine.skylake, "/proc/sys/kernel/nmi_watchdog", "1")
        #expect(try readiness(watched).checks.contains { !$0.isCheckedByRR && $0.reason.contains("NMI watchdog") })
    }

    @Test("A machine of which nothing can be read gets an answer, and no guess")
    func nothing() throws {
        let found = try readiness([:])
        #expect(found.outlook == .no && !found.checks.contains { $0.answer == .yes })
    }
}
