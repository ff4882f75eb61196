import Foundation
import TestSupport
import Testing

@testable import Measurement
@testable import PerfEvents

@Suite("What of the kernel a count may depend on")
struct KernelFactsTests {
    private static let files = FixtureMachine.bareSkylake.merging([
        "/proc/sys/kernel/tainted": "12801",
        "/boot/config-5.10.0-46-amd64": """
        # CONFIG_KVM_GUEST is not set
        CONFIG_PERF_EVENTS=y
        CONFIG_HZ_250=y
        CONFIG_HZ=250
        CONFIG_NO_HZ_FULL=y
        CONFIG_KVM=m
        CONFIG_KVM_INTEL=m
        CONFIG_EXT4_FS=y
        """,
        "/proc/modules": "msr 16384 0 - Live 0x0\next4 1000 1 - Live 0x0\nkvm_intel 300000 0 - Live 0x0\n",
        "/var/log/dmesg": """
        <5>[    0.000000] Linux version 5.10.0-46-amd64
        <6>[    0.120000] Performance Events: Skylake events, full-width counters, Intel PMU driver.
        [    0.120001] ... version:                4
        <6>[    0.900000] usb 1-1: new device
        <4>[   12.990000] perf: interrupt took too long (2503 > 2500), lowering kernel.perf_event_max_sample_rate
        """,
        "/sys/devices/system/clocksource/clocksource0/current_clocksource": "tsc",
        "/sys/devices/system/cpu/cpu1/cpufreq/scaling_governor": "performance",
    ]) { $1 }

    @Test("Configuration, modules, log, clock source, governor and taint are read, and only what concerns counting")
    func facts() throws {
        let machine = try FixtureMachine.read(Self.files, cpu: 1)
        let kernel = machine.kernel
        #expect(
            kernel.configuration == [
                "CONFIG_PERF_EVENTS": "y", "CONFIG_HZ_250": "y", "CONFIG_HZ": "250", "CONFIG_NO_HZ_FULL": "y",
                "CONFIG_KVM": "m", "CONFIG_KVM_INTEL": "m",
            ])
        #expect(kernel.modules == ["kvm_intel", "msr"])
        #expect(
            kernel.log == [
                "Performance Events: Skylake events, full-width counters, Intel PMU driver.",
                "... version:                4",
                "perf: interrupt took too long (2503 > 2500), lowering kernel.perf_event_max_sample_rate",
            ])
        #expect(kernel.clockSource == "tsc" && machine.processor.governor == "performance")
        #expect(kernel.commandLine == "BOOT_IMAGE=/vmlinuz root=/dev/sda1 perf_v4_pmi=Y quiet mitigations=off")
        // 1, 512, 4096 and 8192.
        #expect(kernel.taints?.map { $0.prefix(2) } == ["P:", "W:", "O:", "E:"])
    }

    @Test("What is not there is absent, and an untainted kernel has no taints")
    func absent() throws {
        let machine = try FixtureMachine.read(FixtureMachine.bareSkylake)
        #expect(machine.kernel.configuration == nil && machine.kernel.modules == nil && machine.kernel.log == nil)
        #expect(machine.kernel.clockSource == nil && machine.processor.governor == nil && machine.atEnd == nil)
        #expect(machine.kernel.taints == [])
        #expect(Machine.Kernel.taints(1 << 40) == ["bit 40, which this version does not know"])
    }

    @Test("A log of any length gives few lines, and no long ones")
    func longLog() {
        let lines = Machine.Kernel.countingLines(
            (0..<1000).map { "perf: \($0) " + String(repeating: "x", count: 5000) })
        #expect(lines.count == 40 && lines.allSatisfy { $0.count <= 160 } && lines[0].hasPrefix("perf: 0 "))
    }

    @Test("The one line that may be evidence is kept however late it comes, and once")
    func lateLine() {
        let hint = "Reserved PerfCntrGlobalStatus bits are set (0x800000000000000), please consider updating microcode"
        let lines = Machine.Kernel.countingLines((0..<99).map { "perf: \($0)" } + [hint, hint])
        #expect(lines.count == 41 && lines.last == hint)
    }

    @Test("What the kernel logged meanwhile is told from what it had logged before")
    func newLines() {
        #expect(Machine.Kernel.newLines(in: ["a", "b", "b"], since: ["a", "b"]) == ["b"])
        #expect(Machine.Kernel.newLines(in: ["a"], since: ["a"]) == nil)
        #expect(Machine.Kernel.newLines(in: ["a"], since: nil) == nil)
    }

    @Test("Registers are hexadecimal text, and the numbers of older reports are read")
    func registers() throws {
        let registers = Machine.Registers(debugControl: 0x1000, globalControl: 0x7_0000_000f, smiCount: 12)
        let text = String(decoding: try JSONEncoder().encode(registers), as: UTF8.self)
        #expect(text.contains("\"debugControl\":\"0x1000\"") && text.contains("\"smiCount\":12"))
        #expect(text.contains("\"globalControl\":\"0x70000000f\""))
        func decoded(_ json: String) throws -> Machine.Registers {
            try JSONDecoder().decode(Machine.Registers.self, from: Data(json.utf8))
        }
        #expect(try decoded(text) == registers)
        #expect(try decoded(#"{"debugControl": 4096}"#) == Machine.Registers(debugControl: 4096))
        #expect(throws: DecodingError.self) { try decoded(#"{"debugControl": "0xfrog"}"#) }
    }

    @Test("At the end of a diagnosis what may have changed is read again, and the rest stays")
    func atEnd() throws {
        let folder = NSTemporaryDirectory() + "truecount-machine-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        func write(_ text: String, to path: String) throws {
            let file = URL(fileURLWithPath: folder + path)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
        }
        try write("       CPU0\nNMI: 5 x\nPMI: 5 x\n", to: "/proc/interrupts")
        try write("100000", to: "/proc/sys/kernel/perf_event_max_sample_rate")
        let before = Machine.read(root: folder)
        try write("       CPU0\nNMI: 905 x\nPMI: 904 x\n", to: "/proc/interrupts")
        try write("50000", to: "/proc/sys/kernel/perf_event_max_sample_rate")
        let after = before.atEndOfDiagnosis(root: folder)
        #expect(after.interrupts?.nmis == 5 && after.limits.perfEventMaxSampleRate == 100_000)
        #expect(after.atEnd?.interrupts?.nmis == 905 && after.atEnd?.perfEventMaxSampleRate == 50_000)
        let data = try JSONEncoder().encode(after)
        #expect(try JSONDecoder().decode(Machine.self, from: data) == after)
    }

    @Test("Of a private command line the parameters that matter keep their values, and nothing else does")
    func privateCommandLine() {
        let line = #"root=UUID=1-2 perf-v4-pmi=1 quiet x="a b" ip=10.0.0.1:h mitigations=off -- sh secret"#
        #expect(
            BootParameter.withoutPrivateValues(line)
                == "root=VALUE perf-v4-pmi=1 quiet x=VALUE ip=VALUE mitigations=off -- WORD WORD")
    }
}
