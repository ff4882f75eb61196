import TestSupport

@testable import Measurement
@testable import PerfEvents

/// Machines as their files describe them.
enum FixtureMachine {
    static let devices = "/sys/bus/event_source/devices"

    static let commonFiles = [
        "/proc/sys/kernel/perf_event_paranoid": "2",
        "/proc/sys/kernel/perf_event_max_sample_rate": "100000",
        "/proc/sys/kernel/perf_cpu_time_max_percent": "25",
        "/proc/sys/kernel/perf_event_mlock_kb": "516",
        "/proc/sys/kernel/nmi_watchdog": "0",
        "/proc/sys/kernel/tainted": "0",
        "/proc/self/status": "Name:\ttruecount\nCapEff:\t0000004000000000\nSeccomp:\t0\n",
    ]

    /// A Skylake on which Debian's 5.10 was told to freeze.
    static let bareSkylake = commonFiles.merging([
        "/proc/cpuinfo": processorInformation(
            vendor: "GenuineIntel", family: 6, model: 94, stepping: 3, flags: "arch_perfmon pdcm hle rtm"),
        "/proc/version": "Linux version 5.10.0-46-amd64 (gcc)",
        "/proc/sys/kernel/osrelease": "5.10.0-46-amd64",
        "/proc/sys/kernel/version": "#1 SMP Debian 5.10.262-1",
        "/proc/cmdline": "BOOT_IMAGE=/vmlinuz root=/dev/sda1 perf_v4_pmi=Y quiet mitigations=off",
        "/proc/sys/kernel/nmi_watchdog": "1",
        "/etc/os-release": "PRETTY_NAME=\"Debian GNU/Linux 11\"\nID=debian\nVERSION_ID=\"11\"\n",
        "/proc/interrupts": """
                   CPU0       CPU1
          0:         10          0   IO-APIC   2-edge      timer
        NMI:          7          5   Non-maskable interrupts
        PMI:          6          5   Performance monitoring interrupts
        ERR:          0
        """,
        "/sys/devices/system/cpu/online": "0-1",
        "/sys/devices/system/cpu/smt/active": "0",
        "/sys/devices/system/cpu/smt/control": "off",
        "/sys/kernel/security/lockdown": "none [integrity] confidentiality",
        "/sys/class/dmi/id/sys_vendor": "A Vendor",
        "/sys/class/dmi/id/bios_version": "1.2",
        "\(devices)/cpu/type": "4",
        "\(devices)/cpu/freeze_on_smi": "0",
        "\(devices)/cpu/rdpmc": "1",
        "\(devices)/cpu/caps/pmu_name": "skylake",
        "\(devices)/cpu/format/umask": "config:8-15",
        "\(devices)/software/type": "1",
    ]) { $1 }

    static let zen4 = commonFiles.merging([
        "/proc/cpuinfo": processorInformation(
            vendor: "AuthenticAMD", family: 25, model: 97, stepping: 2,
            flags: "perfctr_core perfmon_v2 amd_lbr_v2 amd_lbr_pmc_freeze"),
        "/proc/sys/kernel/osrelease": "6.12.95",
        "/sys/devices/system/cpu/online": "0",
        "\(devices)/cpu/type": "4",
        "\(devices)/cpu/rdpmc": "1",
    ]) { $1 }

    static let alderLake = commonFiles.merging([
        "/proc/cpuinfo": (0..<12).map {
            processorInformation(
                vendor: "GenuineIntel", family: 6, model: 0x97, stepping: 2, cpu: $0, flags: "arch_perfmon")
        }.joined(separator: "\n\n"),
        "/proc/sys/kernel/osrelease": "6.12.95",
        "/sys/devices/system/cpu/online": "0-11",
        "\(devices)/cpu_core/type": "4",
        "\(devices)/cpu_core/cpus": "0-7",
        "\(devices)/cpu_core/freeze_on_smi": "1",
        "\(devices)/cpu_atom/type": "10",
        "\(devices)/cpu_atom/cpus": "8-11",
        "\(devices)/cpu_atom/freeze_on_smi": "0",
    ]) { $1 }

    static let arm = commonFiles.merging([
        "/proc/cpuinfo": """
        processor\t: 0
        Features\t: fp asimd evtstrm
        CPU implementer\t: 0x41
        CPU part\t: 0xd0c
        """,
        "/proc/sys/kernel/osrelease": "6.1.0",
        "/proc/sys/kernel/arch": "aarch64",
        "/sys/devices/system/cpu/online": "0",
        "\(devices)/armv8_pmuv3_0/type": "8",
        "\(devices)/armv8_pmuv3_0/cpus": "0",
    ]) { $1 }

    static let guestWithoutPMU = commonFiles.merging([
        "/proc/cpuinfo": processorInformation(
            vendor: "GenuineIntel", family: 6, model: 207, stepping: 2, flags: "hypervisor constant_tsc"),
        "/proc/sys/kernel/osrelease": "6.18.44",
        "/sys/devices/system/cpu/online": "0-1",
        "/sys/class/dmi/id/sys_vendor": "QEMU",
        "\(devices)/software/type": "1",
        "\(devices)/breakpoint/type": "5",
    ]) { $1 }

    static func read(
        _ texts: [String: String], cpu: Int = 0, leaves: [UInt32: CPUIDRegisters] = [:]
    ) throws -> Machine {
        let tree = try FixtureTree(texts)
        return MachineReader(files: tree.files).machine(cpu: cpu, ProcessorIdentification { leaves[$0] })
    }
}
