import TestSupport

@testable import Measurement

/// Machines as their files describe them, for the question whether rr will work.
enum ReadinessMachine {
    static let devices = "/sys/bus/event_source/devices"

    /// Files of any machine, with the rights that rr asks for.
    private static let common = [
        "/proc/sys/kernel/perf_event_paranoid": "1",
        "/proc/sys/kernel/perf_event_max_sample_rate": "100000",
        "/proc/sys/kernel/nmi_watchdog": "0",
        "/proc/sys/kernel/osrelease": "6.12.95",
        "/proc/self/status": "Name:\ttruecount\nCapEff:\t0000000000000000\nSeccomp:\t0\n",
        "/sys/devices/system/cpu/online": "0",
    ]

    static func files(
        vendor: String = "GenuineIntel", family: Int = 6, model: Int, flags: String = "arch_perfmon",
        pmu: [String: String]? = ["type": "4"], _ others: [String: String] = [:]
    ) -> [String: String] {
        var texts = common.merging(others) { $1 }
        texts["/proc/cpuinfo"] = processorInformation(
            vendor: vendor, family: family, model: model, stepping: 2, flags: flags)
        for (name, text) in pmu ?? [:] { texts["\(devices)/cpu/\(name)"] = text }
        return texts
    }

    static let skylake = files(model: 94, pmu: ["type": "4", "freeze_on_smi": "0"])
    static let cometLake = files(model: 0xa5, pmu: ["type": "4", "freeze_on_smi": "1"])
    static let zen4 = files(vendor: "AuthenticAMD", family: 25, model: 0x61)
    static let neoverseN1: [String: String] = {
        var texts = common
        texts["/proc/cpuinfo"] = "processor\t: 0\nFeatures\t: fp asimd\nCPU implementer\t: 0x41\nCPU part\t: 0xd0c\n"
        texts["\(devices)/armv8_pmuv3_0/type"] = "8"
        texts["\(devices)/armv8_pmuv3_0/cpus"] = "0"
        return texts
    }()
    static let withoutPMU = files(model: 94, flags: "hypervisor", pmu: nil, ["/sys/class/dmi/id/sys_vendor": "QEMU"])

    static let alderLake: [String: String] = {
        var texts = files(model: 0x97, pmu: nil)
        for (name, cpus, type) in [("cpu_core", "0", "4"), ("cpu_atom", "1-4", "10")] {
            texts["\(devices)/\(name)/type"] = type
            texts["\(devices)/\(name)/cpus"] = cpus
            texts["\(devices)/\(name)/freeze_on_smi"] = "1"
        }
        return texts
    }()

    /// A Skylake guest with a PMU.
    static func guest(of product: String) -> [String: String] {
        files(model: 94, flags: "arch_perfmon hypervisor rtm", ["/sys/class/dmi/id/sys_vendor": product])
    }

    static func read(_ texts: [String: String]) throws -> Machine {
        let tree = try FixtureTree(texts)
        return MachineReader(files: tree.files).machine(cpu: 0)
    }
}
