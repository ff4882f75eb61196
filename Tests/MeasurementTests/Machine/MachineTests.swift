import Synchronization
import TestSupport
import Testing

@testable import Measurement
@testable import PerfEvents

@Suite("What a machine is")
struct MachineTests {
    @Test("A bare Skylake is described from its files")
    func skylake() throws {
        let machine = try FixtureMachine.read(FixtureMachine.bareSkylake)
        #expect(machine.kernel.release == "5.10.0-46-amd64")
        #expect(machine.kernel.tainted == 0)
        #expect(
            machine.distribution == Machine.Distribution(id: "debian", versionID: "11", name: "Debian GNU/Linux 11"))
        #expect(machine.processor.identity == "Intel 06-5e-03")
        #expect(machine.processor.microarchitecture == "Skylake")
        #expect(machine.processor.flags == ["arch_perfmon", "pdcm", "hle", "rtm"])
        #expect(machine.hypervisor == nil)
        #expect(machine.hasCorePMU && machine.corePMU?.freezeOnSMI == 0)
        #expect(machine.corePMU?.capabilities == ["pmu_name": "skylake"])
        #expect(machine.topology.onlineCount == 2 && machine.topology.smtActive == false)
        #expect(machine.privileges.lockdown == "integrity")
        #expect(machine.privileges.hasPerfmonCapability == true)
        #expect(machine.privileges.hasSystemAdministrationCapability == false)
        #expect(machine.branchEvents.map(\.event.config) == [0x01c4])
        #expect(machine.headline == "Linux 5.10.0-46-amd64 · Intel 06-5e-03 (Skylake) · bare metal · microcode 0xf0")
    }

    @Test("Counts of NMIs and PMIs are those of the CPU of interest and of all")
    func interrupts() throws {
        let interrupts = try FixtureMachine.read(FixtureMachine.bareSkylake, cpu: 1).interrupts
        #expect(interrupts == Machine.Interrupts(nmisOfProcessor: 5, pmisOfProcessor: 5, nmis: 12, pmis: 11))
    }

    @Test("A Zen 4 counts PMCx0D1, and CPUID tells its counters")
    func zen4() throws {
        let machine = try FixtureMachine.read(
            FixtureMachine.zen4,
            leaves: [
                0: CPUIDRegisters(eax: 0x10), 1: CPUIDRegisters(eax: 0x00a6_0f12), 0x0a: CPUIDRegisters(),
                0x8000_0000: CPUIDRegisters(eax: 0x8000_0028),
                0x8000_0022: CPUIDRegisters(eax: 7, ebx: 0x0204_0906),
            ])
        #expect(machine.branchEvents.map(\.event.config) == [0xd1])
        #expect(machine.processor.signature == 0x00a6_0f12)
        let expected = Machine.PerformanceMonitoring(generalCounters: 6, hasAMDVersion2: true, canFreezeAMD: true)
        #expect(machine.processor.performanceMonitoring == expected)
        #expect(machine.processor.flags.contains("amd_lbr_pmc_freeze"))
    }

    @Test("CPUID leaf 0AH gives version, counters and widths")
    func perfmon() {
        let leaves: [UInt32: CPUIDRegisters] = [
            0: CPUIDRegisters(eax: 0x16), 0x0a: CPUIDRegisters(eax: 0x0730_0804, edx: 0x603),
        ]
        let facts = ProcessorIdentification { leaves[$0] }.performanceMonitoring
        let expected = Machine.PerformanceMonitoring(
            version: 4, generalCounters: 8, generalCounterWidth: 48, fixedCounters: 3, fixedCounterWidth: 48)
        #expect(facts == expected)
    }

    @Test("A leaf above the CPU's highest is not read, since CPUID answers it with another leaf")
    func highestLeaf() {
        let answer = CPUIDRegisters(eax: 5, ebx: 5, ecx: 5, edx: 5)
        #expect(ProcessorIdentification { _ in answer }.performanceMonitoring == nil)
    }

    @Test("Each core type of an Alder Lake has its event, and the CPU of interest its PMU")
    func alderLake() throws {
        let machine = try FixtureMachine.read(FixtureMachine.alderLake, cpu: 9)
        #expect(machine.branchEvents.map(\.event.config) == [0x11c4, 0x7ec4])
        #expect(machine.branchEvents.map(\.event.type) == [4, 10])
        #expect(machine.processor.coreType == "atom" && machine.corePMU?.name == "cpu_atom")
        #expect(machine.topology.coreTypes == ["cpu_core": "0-7", "cpu_atom": "8-11"])
    }

    @Test("An Arm server counts taken branches")
    func arm() throws {
        let machine = try FixtureMachine.read(FixtureMachine.arm)
        #expect(machine.architecture == "aarch64")
        #expect(machine.processor.part == 0xd0c && machine.processor.vendor == nil)
        #expect(machine.branchEvents.map(\.counts) == [.takenBranches])
        #expect(!machine.headline.contains("bare metal"))
        #expect(machine.hasCorePMU)
    }

    @Test("A guest is told by CPUID, by its flag, by its firmware and by its device tree")
    func hypervisors() throws {
        let byFirmware = try FixtureMachine.read(FixtureMachine.guestWithoutPMU)
        #expect(byFirmware.hypervisor?.name == "QEMU" && !byFirmware.hasCorePMU)
        let letters = CPUIDRegisters(eax: 0x4000_0001, ebx: 0x4b4d_564b, ecx: 0x564b_4d56, edx: 0x4d)
        let byCPUID = try FixtureMachine.read(
            FixtureMachine.guestWithoutPMU,
            leaves: [0: CPUIDRegisters(eax: 1), 1: CPUIDRegisters(ecx: 1 << 31), 0x4000_0000: letters])
        #expect(byCPUID.hypervisor == Machine.Hypervisor(name: "KVM", signature: "KVMKVMKVM"))
        var metal = FixtureMachine.arm
        metal["/sys/class/dmi/id/sys_vendor"] = "Amazon EC2"
        metal["/sys/class/dmi/id/product_name"] = "c7g.metal"
        #expect(try FixtureMachine.read(metal).hypervisor == nil)
        metal["/sys/class/dmi/id/product_name"] = "c7g.large"
        #expect(try FixtureMachine.read(metal).hypervisor?.name == "KVM (Nitro)")
        var board = FixtureMachine.arm
        board["/proc/device-tree/fw-cfg@9020000/compatible"] = "qemu,fw-cfg-mmio"
        #expect(try FixtureMachine.read(board).hypervisor?.name == "QEMU")
        board["/proc/device-tree/hypervisor/compatible"] = "linux,kvm"
        #expect(try FixtureMachine.read(board).hypervisor?.name == "KVM")
    }

    @Test("What all CPUs share is read once, and each sees what it would see alone")
    func sharedFacts() throws {
        let tree = try FixtureTree(FixtureMachine.alderLake)
        let reads = Mutex<[String: Int]>([:])
        let files = SystemFiles(root: tree.root) { path in reads.withLock { $0[path, default: 0] += 1 } }
        let reader = MachineReader(files: files)
        let machines = (0..<12).map { reader.machine(cpu: $0) }
        #expect(machines.map(\.processor.number) == Array(0..<12))
        #expect(try machines[9] == FixtureMachine.read(FixtureMachine.alderLake, cpu: 9))
        #expect(reads.withLock { $0["/proc/cpuinfo"] } == 1)
        #expect(reads.withLock { reads in reads.filter { $0.value > 1 } } == [:])
    }

    @Test("A machine of which nothing can be read is described by nothing")
    func nothing() throws {
        let machine = try FixtureMachine.read([:])
        #expect(machine.pmus.isEmpty && !machine.hasCorePMU)
        #expect(machine.processor == Machine.Processor(number: 0, flags: []))
        #expect(machine.kernel.release == nil && machine.hypervisor == nil && machine.interrupts == nil)
        #expect(machine.branchEventsProblem?.contains("/proc/cpuinfo") == true)
        #expect(machine.headline.contains("unknown"))
    }

    @Test("This machine's CPU, kernel and PMUs are read")
    func thisMachine() {
        let machine = Machine.read()
        #expect(machine.kernel.release?.isEmpty == false)
        #expect(machine.architecture?.isEmpty == false)
        #expect(machine.pmus.contains { $0.name == "software" && $0.type == 1 })
        #expect(machine.processor.identity != nil)
        #if arch(x86_64)
            #expect(machine.processor.signature != nil)
        #endif
    }

    @Test("uname(2) says of the kernel what /proc says, for where there is no /proc")
    func systemName() throws {
        let name = try #require(SystemName())
        let files = SystemFiles()
        #expect(name.release == files.text("/proc/sys/kernel/osrelease"))
        #expect(name.version == files.text("/proc/sys/kernel/version"))
        #expect(name.machine == Machine.read().architecture)
    }

    @Test("CPUID on a CPU that does not exist is unknown")
    func cpuidNowhere() {
        for cpu in [-1, 1_000, 1 << 40] {
            #expect(ProcessorIdentification.ofThisMachine(cpu: cpu).signature == nil)
        }
    }
}
