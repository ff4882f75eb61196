import PerfEvents

extension MachineReader {
    /// Flags that change how, or whether, branches are counted.
    private static let countingFlags: Set<Substring> = [
        "arch_perfmon", "perfctr_core", "perfctr_nb", "perfmon_v2", "amd_lbr_v2", "amd_lbr_pmc_freeze", "hypervisor",
        "pdcm", "rtm", "hle", "ibs", "hybrid_cpu", "arch_lbr", "constant_tsc", "nonstop_tsc",
    ]

    func processor(_ cpu: Int, _ identification: ProcessorIdentification) -> Machine.Processor {
        let fields = cores.information.fields(of: cpu)
        var processor = Machine.Processor(number: cpu, flags: [])
        processor.name = fields["model name"]
        processor.microcode = fields["microcode"]
        processor.governor = files.text("/sys/devices/system/cpu/cpu\(cpu)/cpufreq/scaling_governor")
        processor.flags = (fields["flags"] ?? fields["Features"] ?? "").split(separator: " ")
            .filter { Self.countingFlags.contains($0) }.map(String.init)
        processor.coreType = cores.pmu(of: cpu)?.coreType?.rawValue
        processor.signature = identification.signature
        processor.performanceMonitoring = identification.performanceMonitoring
        guard let identity = cores.identity(of: cpu) else { return processor }
        processor.identity = identity.description
        switch identity {
        case .x86(let vendor, let family, let model, let stepping):
            (processor.vendor, processor.family) = (vendor, family)
            (processor.model, processor.stepping) = (model, stepping)
        case .arm(let implementer, let part):
            (processor.implementer, processor.part) = (implementer, part)
        }
        let coreType = processor.coreType.flatMap { HybridCoreType(rawValue: $0) }
        processor.microarchitecture = RCBTable.row(for: identity, coreType: coreType)?.microarchitecture
        return processor
    }
}

extension Machine.PMU {
    init(_ device: PMUDevice, files: SystemFiles) {
        self.init(
            name: device.name, type: device.type, isCore: device.isCore, cpus: device.cpus?.description,
            capabilities: device.capabilities.isEmpty ? nil : device.capabilities,
            formats: device.formats.isEmpty ? nil : device.formats.mapValues(\.description),
            // rr looks in /sys/devices/cpu alone, which hybrid machines do not have.
            freezeOnSMI: files.number("\(device.path)/freeze_on_smi"), rdpmc: files.number("\(device.path)/rdpmc"))
    }
}

extension Machine.Topology {
    init(_ files: SystemFiles, _ pmus: [Machine.PMU]) {
        online = files.text("/sys/devices/system/cpu/online")
        onlineCount = online.flatMap { CPUList($0)?.count }
        smtActive = files.number("/sys/devices/system/cpu/smt/active", as: Int.self).map { $0 == 1 }
        smtControl = files.text("/sys/devices/system/cpu/smt/control")
        var coreTypes: [String: String] = [:]
        for pmu in pmus where pmu.isCore { coreTypes[pmu.name] = pmu.cpus }
        self.coreTypes = coreTypes.isEmpty ? nil : coreTypes
    }
}

extension Machine.Hypervisor {
    /// CPUID's signature to the name that people use.
    private static let names = [
        "KVMKVMKVM": "KVM", "Linux KVM Hv": "KVM", "TCGTCGTCGTCG": "QEMU", "Microsoft Hv": "Hyper-V",
        "VMwareVMware": "VMware", "XenVMMXenVMM": "Xen", "VBoxVBoxVBox": "VirtualBox", "bhyve bhyve ": "bhyve",
        " lrpepyh  vr": "Parallels", "ACRNACRNACRN": "ACRN", "HAXMHAXMHAXM": "HAXM", "NVMMNVMMNVMM": "NVMM",
    ]

    /// What a guest without CPUID and DMI has: a node of the hypervisor's own, or QEMU's fw-cfg, as systemd-detect-virt
    /// asks for them (systemd, src/basic/virt.c, `detect_vm_device_tree`). Nil where there is neither.
    static func inDeviceTree(_ files: SystemFiles) -> String? {
        let compatible = files.text("/proc/device-tree/hypervisor/compatible") ?? ""
        for (word, name) in [("kvm", "KVM"), ("xen", "Xen"), ("vmware", "VMware")] where compatible.contains(word) {
            return name
        }
        return files.names(in: "/proc/device-tree").contains { $0.hasPrefix("fw-cfg") } ? "QEMU" : nil
    }

    /// Nil where nothing hints at one.
    init?(
        _ identification: ProcessorIdentification, kind: String?, _ firmware: Machine.Firmware?, deviceTree: String?,
        isFlagged: Bool
    ) {
        signature = identification.hypervisorSignature
        self.kind = kind
        let product = firmware?.virtualProduct ?? deviceTree
        let isNitroGuest = firmware?.isNitroGuest == true
        guard signature != nil || kind != nil || isFlagged || isNitroGuest || product != nil else { return nil }
        // Nitro is KVM by its signature, but what gives its guests a PMU is the instance size.
        name =
            isNitroGuest
            ? "KVM (Nitro)"
            : signature.flatMap { Self.names[$0] } ?? kind.map { $0 == "xen" ? "Xen" : $0 } ?? product
    }
}

extension Machine.Firmware {
    /// Nil where there is no DMI, or nothing in it.
    init?(_ files: SystemFiles) {
        func text(_ name: String) -> String? {
            files.text("/sys/class/dmi/id/\(name)").flatMap { $0.isEmpty ? nil : $0 }
        }
        self.init(
            systemVendor: text("sys_vendor"), product: text("product_name"), board: text("board_name"),
            biosVendor: text("bios_vendor"), biosVersion: text("bios_version"), biosDate: text("bios_date"))
        if self == Machine.Firmware() { return nil }
    }

    /// Vendor or product of DMI to what runs below. The only hint on Arm, and where CPUID is not asked.
    private static let virtualProducts = [
        ("QEMU", "QEMU"), ("KVM", "KVM"), ("VMware", "VMware"), ("VirtualBox", "VirtualBox"),
        ("Parallels", "Parallels"),
        ("Virtual Machine", "Hyper-V"), ("HVM domU", "Xen"), ("Google Compute Engine", "KVM"), ("OpenStack", "KVM"),
        ("BHYVE", "bhyve"),
    ]

    /// EC2's bare-metal instances carry the same vendor as its guests.
    fileprivate var isNitroGuest: Bool { systemVendor == "Amazon EC2" && product?.contains(".metal") == false }

    fileprivate var virtualProduct: String? {
        let texts = [systemVendor, product].compactMap(\.self)
        return Self.virtualProducts.first { hint, _ in texts.contains { $0.contains(hint) } }?.1
    }
}
