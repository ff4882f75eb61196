import TestSupport
import Testing

@testable import Measurement

@Suite("What stands in the way of measuring")
struct ObstacleTests {
    private func obstacles(_ texts: [String: String], cpu: Int = 0) throws -> [Obstacle] {
        try FixtureMachine.read(texts, cpu: cpu).obstacles
    }

    @Test("A bare Zen 4 has nothing in its way")
    func zen4() throws {
        #expect(try obstacles(FixtureMachine.zen4) == [])
    }

    @Test("A Zen 4 whose bit is set freezes, in AMD's words")
    func zen4Freezes() throws {
        var machine = try FixtureMachine.read(FixtureMachine.zen4)
        machine.registers = Machine.Registers(debugControl: 1 << 12)
        #expect(machine.obstacles.map(\.id) == ["debugctl-freeze"])
        #expect(machine.obstacles.first?.sentence.contains("Bit 12 (FPMCI) of DebugCtl") == true)
    }

    @Test("The kernel's trace of a freeze counts where the register cannot be read")
    func loggedFreeze() throws {
        var texts = FixtureMachine.zen4
        texts["/var/log/dmesg"] =
            "[    9.1] Reserved PerfCntrGlobalStatus bits are set (0x800000000000000), please consider updating microcode\n"
        var machine = try FixtureMachine.read(texts)
        #expect(machine.kernel.log?.count == 1)
        #expect(machine.obstacles.map(\.id) == ["logged-freeze"])
        machine.registers = Machine.Registers(debugControl: 0)
        #expect(machine.obstacles == [])
    }

    @Test(
        "Counters that KVM lends to guests are a limit, and those it keeps are none",
        arguments: ["kvm_intel", "kvm_amd"])
    func mediated(module: String) throws {
        var texts = FixtureMachine.zen4
        texts["/sys/module/\(module)/parameters/enable_mediated_pmu"] = "Y"
        #expect(try obstacles(texts).map(\.id) == ["mediated-vpmu"])
        let parameters = try FixtureMachine.read(texts).kernel.moduleParameters
        #expect(parameters == ["\(module).enable_mediated_pmu": "Y"])
        texts["/sys/module/\(module)/parameters/enable_mediated_pmu"] = "N"
        #expect(try obstacles(texts) == [])
    }

    @Test("The Skylake's boot parameter comes before its watchdog, and its old firmware's SMIs are no obstacle")
    func skylake() throws {
        let found = try obstacles(FixtureMachine.bareSkylake)
        #expect(found.map(\.id) == ["perf-v4-pmi", "nmi-watchdog", "no-msr"])
        #expect(found.first?.sentence.contains("perf_v4_pmi=Y") == true)
    }

    @Test("perf_v4_pmi=0 is no obstacle")
    func notFreezing() throws {
        var texts = FixtureMachine.bareSkylake
        texts["/proc/cmdline"] = "perf_v4_pmi=0"
        #expect(try !obstacles(texts).map(\.id).contains("perf-v4-pmi"))
    }

    @Test("freeze_on_smi is asked of each PMU of a hybrid CPU")
    func hybrid() throws {
        let found = try obstacles(FixtureMachine.alderLake)
        #expect(found.first?.id == "freeze-on-smi")
        #expect(found.first?.remedy.contains("cpu_atom") == true)
    }

    @Test("A guest without a PMU is told what its hypervisor needs")
    func guest() throws {
        var texts = FixtureMachine.guestWithoutPMU
        texts["/sys/class/dmi/id/sys_vendor"] = "VMware, Inc."
        let found = try obstacles(texts)
        #expect(found.map(\.id) == ["no-core-pmu"])
        #expect(found.first?.weight == .prevents)
        #expect(found.first?.remedy.contains("vpmc.enable") == true)
    }

    @Test("perf_event_paranoid above 2 stops everyone but CAP_SYS_ADMIN", arguments: [3, 4])
    func paranoid(level: Int) throws {
        var texts = FixtureMachine.zen4
        texts["/proc/sys/kernel/perf_event_paranoid"] = "\(level)"
        #expect(try obstacles(texts).map(\.id) == ["perf-event-paranoid"])
        texts["/proc/self/status"] = "CapEff:\t0000000000200000\nSeccomp:\t0\n"
        #expect(try obstacles(texts) == [])
    }

    @Test("An offline CPU, a filter and a low rate are named, the worst first")
    func several() throws {
        var texts = FixtureMachine.zen4
        texts["/proc/self/status"] = "CapEff:\t0\nSeccomp:\t2\n"
        texts["/proc/sys/kernel/perf_event_max_sample_rate"] = "1000"
        #expect(try obstacles(texts, cpu: 5).map(\.id).prefix(1) == ["cpu-offline"])
        #expect(try obstacles(texts).map(\.id) == ["sample-rate", "seccomp"])
    }

    @Test("A CPU without an event that is exact cannot be measured")
    func noEvent() throws {
        var texts = FixtureMachine.zen4
        texts["/proc/cpuinfo"] = processorInformation(
            vendor: "AuthenticAMD", family: 0x15, model: 2, stepping: 0, flags: "")
        let found = try obstacles(texts)
        #expect(found.map(\.id) == ["no-branch-event"])
        #expect(found.first?.sentence.contains("0xC4") == true)
    }

    @Test("A kernel without perf events comes first")
    func noPerf() throws {
        #expect(try obstacles([:]).first?.id == "no-perf-events")
    }

    @Test("Every obstacle says what to do")
    func remedies() throws {
        for texts in [FixtureMachine.bareSkylake, FixtureMachine.alderLake, FixtureMachine.guestWithoutPMU, [:]] {
            for obstacle in try obstacles(texts, cpu: 77) {
                #expect(obstacle.remedy.hasSuffix(".") && obstacle.sentence.hasSuffix("."))
            }
        }
    }
}
