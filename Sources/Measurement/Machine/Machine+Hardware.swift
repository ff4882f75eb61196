import PerfEvents

extension MachineReader {
    /// Flags that change how, or whether, branches are counted.
    private static let countingFlags: Set<Substring> = [
        "arch_perfmon", "perfctr_core", "perfctr_nb", "perfmon_v2", "amd_lbr_v2", "amd_lbr_pmc_freeze", "hypervisor",
        "pdcm", "rtm", "hle", "ibs", "hybrid_cpu", "arch_lbr", "constant_tsc", "nonstop_tsc",
    ]

    var processor: Machine.Processor {
        let text = files.text("/proc/cpuinfo") ?? ""
        let fields = ProcessorInformation(text, cpu: cpu).fields
        var processor = Machine.Processor(number: cpu, flags: [])
        processor.name = fields["model name"]
        processor.microcode = fields["microcode"]
        processor.flags = (fields["flags"] ?? fields["Features"] ?? "").split(separator: " ")
            .filter { Self.countingFlags.contains($0) }.map(String.init)
        processor.coreType = PMUDevice.ofCore(cpu: cpu, files: files)?.coreType?.rawValue
        processor.signature = identification.signature
        processor.performanceMonitoring = identification.performanceMonitoring
        guard let identity = CPUIdentity(processorInformation: text, cpu: cpu) else { return processor }
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

    var pmus: [Machine.PMU] {
        PMUDevice.all(files: files).map { device in
            Machine.PMU(
                name: device.name, type: device.type, isCore: device.isCore, cpus: device.cpus?.description,
                capabilities: device.capabilities.isEmpty ? nil : device.capabilities,
                formats: device.formats.isEmpty ? nil : device.formats.mapValues(\.description),
                // rr looks in /sys/devices/cpu alone, which hybrid machines do not have.
                freezeOnSMI: files.number("\(device.path)/freeze_on_smi"), rdpmc: files.number("\(device.path)/rdpmc"))
        }
    }

    func topology(pmus: [Machine.PMU]) -> Machine.Topology {
        let online = files.text("/sys/devices/system/cpu/online")
        var coreTypes: [String: String] = [:]
        for pmu in pmus where pmu.isCore { coreTypes[pmu.name] = pmu.cpus }
        return Machine.Topology(
            online: online, onlineCount: online.flatMap { CPUList($0)?.count },
            smtActive: files.number("/sys/devices/system/cpu/smt/active", as: Int.self).map { $0 == 1 },
            smtControl: files.text("/sys/devices/system/cpu/smt/control"),
            coreTypes: coreTypes.isEmpty ? nil : coreTypes)
    }

    /// CPUID's signature to the name that people use.
    private static let hypervisorNames = [
        "KVMKVMKVM": "KVM", "Linux KVM Hv": "KVM", "TCGTCGTCGTCG": "QEMU", "Microsoft Hv": "Hyper-V",
        "VMwareVMware": "VMware", "XenVMMXenVMM": "Xen", "VBoxVBoxVBox": "VirtualBox", "bhyve bhyve ": "bhyve",
        " lrpepyh  vr": "Parallels", "ACRNACRNACRN": "ACRN", "HAXMHAXMHAXM": "HAXM", "NVMMNVMMNVMM": "NVMM",
    ]

    var hypervisor: Machine.Hypervisor? {
        let signature = identification.hypervisorSignature
        let kind = files.text("/sys/hypervisor/type")
        guard
            signature != nil || kind != nil || processor.flags.contains("hypervisor") || isNitroGuest
                || virtualProduct != nil
        else { return nil }
        // Nitro is KVM by its signature, but what gives its guests a PMU is the instance size.
        let name =
            isNitroGuest
            ? "KVM (Nitro)"
            : signature.flatMap { Self.hypervisorNames[$0] } ?? kind.map { $0 == "xen" ? "Xen" : $0 } ?? virtualProduct
        return Machine.Hypervisor(name: name, signature: signature, kind: kind)
    }

    /// Vendor or product of DMI to what runs below. The only hint on Arm, and where CPUID is not asked.
    private static let virtualProducts = [
        ("QEMU", "QEMU"), ("KVM", "KVM"), ("VMware", "VMware"), ("VirtualBox", "VirtualBox"),
        ("Parallels", "Parallels"),
        ("Virtual Machine", "Hyper-V"), ("HVM domU", "Xen"), ("Google Compute Engine", "KVM"), ("OpenStack", "KVM"),
        ("BHYVE", "bhyve"),
    ]

    /// EC2's bare-metal instances carry the same vendor as its guests.
    private var isNitroGuest: Bool {
        firmware?.systemVendor == "Amazon EC2" && firmware?.product?.contains(".metal") == false
    }

    private var virtualProduct: String? {
        let texts = [firmware?.systemVendor, firmware?.product].compactMap(\.self)
        return Self.virtualProducts.first { hint, _ in texts.contains { $0.contains(hint) } }?.1
    }

    var firmware: Machine.Firmware? {
        func text(_ name: String) -> String? {
            files.text("/sys/class/dmi/id/\(name)").flatMap { $0.isEmpty ? nil : $0 }
        }
        let firmware = Machine.Firmware(
            systemVendor: text("sys_vendor"), product: text("product_name"), board: text("board_name"),
            biosVendor: text("bios_vendor"), biosVersion: text("bios_version"), biosDate: text("bios_date"))
        return firmware == Machine.Firmware() ? nil : firmware
    }
}
