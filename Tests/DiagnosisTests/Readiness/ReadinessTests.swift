import Testing

@testable import Diagnosis
@testable import Measurement

@Suite("Whether rr will work")
struct ReadinessTests {
    private func readiness(_ texts: [String: String]) throws -> RRReadiness {
        RRReadiness(try ReadinessMachine.read(texts))
    }

    private func answer(_ name: String, _ readiness: RRReadiness) -> RRReadiness.Answer? {
        readiness.checks.first { $0.name == name }?.answer
    }

    private func changed(_ texts: [String: String], _ path: String, _ text: String) -> [String: String] {
        texts.merging([path: text]) { $1 }
    }

    @Test("A bare Skylake has nothing against it, and the count is to be measured")
    func skylake() throws {
        let found = try readiness(ReadinessMachine.skylake)
        #expect(found.outlook == .open && found.conclusion.contains("truecount diagnose"))
        #expect(found.microarchitecture?.name == "Intel Skylake" && found.microarchitecture?.skidLimit == 100)
        #expect(!found.checks.contains { $0.answer == .no })
        #expect(answer("check_working_counters", found) == .measure)
        #expect(answer("check_for_xen_pmi_bug", found) == .yes)
        #expect(answer("freeze_on_smi", found) == .notAsked)
        #expect(answer("check_for_ioc_period_bug", found) == .onlyRR)
    }

    @Test("Without a PMU the answer is no, with the reason and what to change")
    func withoutPMU() throws {
        let found = try readiness(ReadinessMachine.withoutPMU)
        #expect(found.outlook == .no && answer("start_counter", found) == .no)
        #expect(found.conclusion.contains("gives this guest no PMU") && found.conclusion.contains("-cpu host"))
        #expect(answer("check_working_counters", found) == .notAsked)
    }

    @Test("Where the counters freeze, rr starts and is misled", arguments: ["perf_v4_pmi=1", "perf_v4_pmi=Y"])
    func freezing(parameter: String) throws {
        let found = try readiness(changed(ReadinessMachine.skylake, "/proc/cmdline", "quiet \(parameter)"))
        #expect(found.outlook == .misled)
        #expect(found.conclusion.contains("perf_v4_pmi") && !found.checks.contains { $0.answer == .no })
        let off = try readiness(changed(ReadinessMachine.skylake, "/proc/cmdline", "quiet perf_v4_pmi=0"))
        #expect(off.outlook == .open)
    }

    @Test("The freeze bit of IA32_DEBUGCTL misleads rr on any kernel")
    func freezeBit() throws {
        var machine = try ReadinessMachine.read(ReadinessMachine.skylake)
        machine.registers = Machine.Registers(debugControl: 1 << 12)
        #expect(RRReadiness(machine).outlook == .misled)
        machine.registers = Machine.Registers(debugControl: 1)
        #expect(RRReadiness(machine).outlook == .open)
    }

    @Test("From Comet Lake on rr demands freeze_on_smi")
    func smi() throws {
        #expect(answer("freeze_on_smi", try readiness(ReadinessMachine.cometLake)) == .yes)
        let path = "\(ReadinessMachine.devices)/cpu/freeze_on_smi"
        let found = try readiness(changed(ReadinessMachine.cometLake, path, "0"))
        #expect(found.outlook == .no && found.conclusion.contains("echo 1 >"))
    }

    @Test("A Zen is asked for SpecLockMap, and its skid limit is no promise")
    func zen() throws {
        let found = try readiness(ReadinessMachine.zen4)
        #expect(found.outlook == .open && answer("check_for_zen_speclockmap", found) == .onlyRR)
        #expect(found.microarchitecture?.isSkidUnbounded == true && found.microarchitecture?.rawEvent == 0x51_00d1)
        #expect(answer("check_for_kvm_in_txcp_bug", found) == .notAsked)
        #expect(found.blindSpots.allSatisfy { $0.here?.contains("published") != true })
        let zen2 = try readiness(ReadinessMachine.files(vendor: "AuthenticAMD", family: 23, model: 0x31))
        #expect(zen2.blindSpots.contains { $0.sentence.contains("1292") && $0.here != nil })
    }

    @Test("On a hybrid CPU rr does not find the files of freeze_on_smi, and cannot read every list of CPUs")
    func hybrid() throws {
        let found = try readiness(ReadinessMachine.alderLake)
        #expect(found.outlook == .open && answer("freeze_on_smi", found) == .yes)
        #expect(found.microarchitecture?.skidLimit == 125 && answer("core types", found) == .yes)
        let unfrozen = changed(
            ReadinessMachine.alderLake, "\(ReadinessMachine.devices)/cpu_core/freeze_on_smi", "0")
        #expect(try readiness(unfrozen).outlook == .misled)
        let scattered = changed(ReadinessMachine.alderLake, "\(ReadinessMachine.devices)/cpu_atom/cpus", "1-3,8")
        #expect(answer("core types", try readiness(scattered)) == .no)
    }

    @Test("Rights decide", arguments: [(0, true), (1, true), (2, false), (4, false)])
    func paranoid(level: Int, mayOpen: Bool) throws {
        let texts = changed(ReadinessMachine.skylake, "/proc/sys/kernel/perf_event_paranoid", "\(level)")
        #expect(answer("start_counter", try readiness(texts)) == (mayOpen ? .yes : .no))
        let asRoot = changed(texts, "/proc/self/status", "CapEff:\t000001ffffffffff\nSeccomp:\t0\n")
        #expect(answer("start_counter", try readiness(asRoot)) == .yes)
    }

    @Test("CAP_PERFMON opens events at level 2, and does not at the levels of distributions")
    func performanceMonitoring() throws {
        let capability = changed(
            ReadinessMachine.skylake, "/proc/self/status", "CapEff:\t0000004000000000\nSeccomp:\t0\n")
        let paranoid = "/proc/sys/kernel/perf_event_paranoid"
        #expect(answer("start_counter", try readiness(changed(capability, paranoid, "2"))) == .yes)
        #expect(answer("start_counter", try readiness(changed(capability, paranoid, "4"))) == .no)
    }

    @Test("A CPU that rr's table lacks ends it, even where truecount knows an event", arguments: [0xcc, 0xff])
    func unknownCPU(model: Int) throws {
        let found = try readiness(ReadinessMachine.files(model: model))
        #expect(found.outlook == .no && found.microarchitecture == nil)
        #expect(found.conclusion.contains("rr's table"))
    }

    @Test("A CPU that rr supports no more is a no")
    func unsupportedCPU() throws {
        #expect(answer("compute_cpu_microarch", try readiness(ReadinessMachine.files(model: 0x17))) == .no)
    }

    @Test("VMware's CPUIDs, Xen's PMIs and KVM's checkpointed counters are asked of their own guests")
    func hypervisors() throws {
        let vmware = try readiness(ReadinessMachine.guest(of: "VMware, Inc."))
        #expect(answer("CPUIDBugDetector", vmware) == .measure && vmware.outlook == .open)
        #expect(answer("check_for_xen_pmi_bug", vmware) == .measure)
        let xen = try readiness(
            changed(ReadinessMachine.guest(of: "Xen"), "/sys/class/dmi/id/product_name", "HVM domU"))
        #expect(answer("check_for_xen_pmi_bug", xen) == .no && xen.outlook == .no)
        let kvm = try readiness(changed(ReadinessMachine.guest(of: "QEMU"), "/sys/class/dmi/id/product_name", "KVM"))
        #expect(answer("check_for_kvm_in_txcp_bug", kvm) == .measure && kvm.outlook == .open)
        #expect(answer("CPUIDBugDetector", kvm) == .notAsked)
    }

    @Test("A kernel that drops the second unit mask counts another event on Lunar Lake, and rr does not see it")
    func secondUnitMask() throws {
        let old = ReadinessMachine.files(model: 0xbd, pmu: ["type": "4", "format/umask": "config:8-15"])
        #expect(try readiness(old).outlook == .misled)
        let new = ReadinessMachine.files(
            model: 0xbd, pmu: ["type": "4", "format/umask": "config:8-15,40-47", "freeze_on_smi": "1"])
        #expect(try readiness(new).outlook == .open)
    }

    @Test("A machine of which nothing can be read gets an answer, and no guess")
    func nothing() throws {
        let found = try readiness([:])
        #expect(found.outlook == .no && found.microarchitecture == nil)
    }
}
