import Glibc
import SystemPackage
import Testing

@testable import PerfEvents

/// One refusal by a kernel on a machine with these facts, and what must become of it.
private struct Refusal: Sendable, CustomTestStringConvertible {
    var name: String
    var errno: Errno
    var event: Event = .raw(0x1c4)
    var period: UInt64?
    var countsKernel = false
    var thread: Int32 = 0
    var cpu: Int?
    var facts = PermissionFacts()
    var code: PerfError.Code
    /// What the text has to name.
    var mentions: [String]

    var testDescription: String { name }
}

private let systemAdministrator: UInt64 = 1 << 21
private let performanceMonitor: UInt64 = 1 << 38

private let refusals: [Refusal] = [
    Refusal(
        name: "Debian's level 3",
        errno: .permissionDenied, facts: PermissionFacts(limits: PerfLimits(perfEventParanoid: 3)),
        code: .permissionDenied, mentions: ["perf_event_paranoid is 3", "run as root", "perf_event_paranoid=2"]),
    Refusal(
        name: "Ubuntu's level 4 with CAP_PERFMON only", errno: .permissionDenied,
        facts: PermissionFacts(limits: PerfLimits(perfEventParanoid: 4), effectiveCapabilities: performanceMonitor),
        code: .permissionDenied, mentions: ["perf_event_paranoid is 4", "CAP_SYS_ADMIN"]),
    Refusal(
        name: "kernel counting at level 2", errno: .permissionDenied, countsKernel: true,
        facts: PermissionFacts(limits: PerfLimits(perfEventParanoid: 2)), code: .permissionDenied,
        mentions: ["perf_event_paranoid is 2", "exclude the kernel", "CAP_PERFMON", "perf_event_paranoid=1"]),
    Refusal(
        name: "a whole CPU at level 1", errno: .permissionDenied, thread: -1, cpu: 0,
        facts: PermissionFacts(limits: PerfLimits(perfEventParanoid: 1)), code: .permissionDenied,
        mentions: ["perf_event_paranoid is 1", "perf_event_paranoid=0"]),
    Refusal(
        name: "someone else's thread", errno: .permissionDenied, thread: 1,
        facts: PermissionFacts(limits: PerfLimits(perfEventParanoid: 2)),
        code: .permissionDenied, mentions: ["for thread 1", "another user"]),
    Refusal(
        name: "a security module against root", errno: .permissionDenied,
        facts: PermissionFacts(limits: PerfLimits(perfEventParanoid: 2), effectiveCapabilities: systemAdministrator),
        code: .permissionDenied, mentions: ["security module", "dmesg"]),
    Refusal(
        name: "no /proc", errno: .permissionDenied, facts: PermissionFacts(limits: PerfLimits(perfEventParanoid: nil)),
        code: .permissionDenied, mentions: ["run as root"]),
    Refusal(
        name: "a container's EPERM", errno: .notPermitted, facts: PermissionFacts(seccompMode: 2),
        code: .blockedBySeccomp, mentions: ["seccomp", "--cap-add PERFMON"]),
    Refusal(
        name: "a filter's EACCES against root", errno: .permissionDenied,
        facts: PermissionFacts(effectiveCapabilities: systemAdministrator, seccompMode: 2),
        code: .blockedBySeccomp, mentions: ["seccomp"]),
    Refusal(
        name: "the kernel's EACCES although there is a filter", errno: .permissionDenied,
        facts: PermissionFacts(limits: PerfLimits(perfEventParanoid: 3), seccompMode: 2),
        code: .permissionDenied, mentions: ["perf_event_paranoid is 3"]),
    Refusal(
        name: "a filter's ENOSYS", errno: .noFunction, facts: PermissionFacts(seccompMode: 2),
        code: .blockedBySeccomp, mentions: ["seccomp"]),
    Refusal(
        name: "a kernel without perf",
        errno: .noFunction, facts: PermissionFacts(limits: PerfLimits(perfEventParanoid: nil)),
        code: .notBuiltIn, mentions: ["CONFIG_PERF_EVENTS"]),
    Refusal(
        name: "no PMU", errno: .noSuchFileOrDirectory, code: .noPMU,
        mentions: ["raw event r1c4", "no core PMU", "virtual PMU"]),
    Refusal(
        name: "no such event on the PMU", errno: .noSuchFileOrDirectory,
        facts: PermissionFacts(corePMUs: ["cpu_core", "cpu_atom"]), code: .eventUnsupported,
        mentions: ["cpu_core, cpu_atom"]),
    Refusal(
        name: "no PMU of that number", errno: .noSuchFileOrDirectory, event: .dynamic(pmuType: 99, config: 1),
        code: .eventUnsupported, mentions: ["PMU type 99", "/sys/bus/event_source/devices"]),
    Refusal(
        name: "a PMU without interrupt", errno: .notSupported, period: 100_000, code: .samplingUnsupported,
        mentions: ["without a period"]),
    Refusal(
        name: "an event that is not supported", errno: .notSupported, facts: PermissionFacts(corePMUs: ["cpu"]),
        code: .eventUnsupported, mentions: ["the PMU (cpu)"]),
    Refusal(name: "a counter in use", errno: .resourceBusy, code: .counterInUse, mentions: ["nmi_watchdog=0"]),
    Refusal(
        name: "too many files", errno: .tooManyOpenFiles, facts: PermissionFacts(openFileLimit: 8),
        code: .tooManyOpenFiles, mentions: ["the limit is 8", "ulimit -n"]),
    Refusal(
        name: "too many files in the system", errno: .tooManyOpenFilesInSystem, code: .tooManyOpenFiles,
        mentions: ["open file"]),
    Refusal(
        name: "too many breakpoints", errno: .noSpace, event: .breakpoint(executing: 0x1000),
        code: .breakpointSlots, mentions: ["breakpoint on execution of 0x1000", "4 per thread"]),
    Refusal(
        name: "a small period", errno: .invalidArgument, period: 1, code: .periodRefused,
        mentions: ["Haswell", "128", "32"]),
    Refusal(
        name: "a huge period", errno: .invalidArgument, period: 1 << 63, code: .periodRefused,
        mentions: ["below 2^63", "9223372036854775808"]),
    Refusal(
        name: "contradicting attributes", errno: .invalidArgument, period: 100_000, code: .invalidAttributes,
        mentions: ["attributes"]),
    Refusal(
        name: "a crooked breakpoint", errno: .invalidArgument, event: .breakpoint(at: 1, length: 3, access: .write),
        code: .invalidAttributes, mentions: ["breakpoint on writing of 0x1", "1, 2, 4 or 8 bytes"]),
    Refusal(
        name: "a CPU that is offline", errno: .operationNotSupportedByDevice, cpu: 7,
        facts: PermissionFacts(onlineCPUs: CPUList("0-3")), code: .offlineCPU, mentions: ["CPU 7", "online are 0-3"]),
    Refusal(
        name: "a CPU that does not exist", errno: .invalidArgument, cpu: 5000,
        facts: PermissionFacts(onlineCPUs: CPUList("0-3")), code: .offlineCPU,
        mentions: ["CPU 5000", "online are 0-3"]),
    Refusal(name: "no such thread", errno: .noSuchProcess, thread: 4711, code: .noSuchThread, mentions: ["4711"]),
    Refusal(name: "no memory", errno: .noMemory, code: .outOfMemory, mentions: ["memory"]),
    Refusal(name: "an old kernel", errno: .argListTooLong, code: .invalidAttributes, mentions: ["too old"]),
    Refusal(name: "an error nobody expects", errno: .ioError, code: .other, mentions: ["no reason"]),
]

@Suite("An error")
struct PerfErrorTests {
    @Test("of opening says in one line what it is and what to do", arguments: refusals)
    private func opening(_ refusal: Refusal) throws {
        var attributes = EventAttributes(event: refusal.event)
        attributes.samplePeriod = refusal.period
        attributes.excludesKernel = !refusal.countsKernel
        let calls = FakeKernel().calls(opens: [-refusal.errno.rawValue], facts: refusal.facts)
        let thrown = perfError { () throws(PerfError) in
            _ = try Counter(attributes, thread: refusal.thread, cpu: refusal.cpu, calls: calls)
        }
        let error = try #require(thrown)
        #expect(error.code == refusal.code)
        #expect(error.errno == refusal.errno)
        #expect(error.operation == .open)
        let line = error.description
        #expect(line.hasPrefix("cannot open \(refusal.event)"))
        #expect(!line.contains("\n"))
        for text in refusal.mentions { #expect(line.contains(text), "in: \(line)") }
    }

    @Test(
        "of a ring that is too large names the limit, and closes the counter",
        arguments: [Errno.notPermitted, .noMemory])
    func mapping(errno: Errno) {
        let fake = FakeKernel()
        let calls = fake.calls(
            opens: [60], map: -errno.rawValue, facts: PermissionFacts(limits: PerfLimits(perfEventMlockKB: 516)))
        let error = perfError { () throws(PerfError) in
            _ = try Sampler(EventAttributes(event: .software(.dummy)), ringPages: 1024, calls: calls)
        }
        #expect(error?.code == .memoryLocked)
        #expect(error?.operation == .map)
        #expect(error?.description.contains("516 KiB") == true)
        #expect(fake.closed == [60])
        #expect(fake.unmapped == 0)
    }

    @Test("of a sampler's decoder leaves nothing open or mapped")
    func samplerCleansUp() {
        let fake = FakeKernel()
        var attributes = EventAttributes(event: .software(.dummy))
        attributes.sampleFields = SampleFields(rawValue: 1 << 50)
        let error = perfError { () throws(PerfError) in
            _ = try Sampler(attributes, ringPages: 1, calls: fake.calls(opens: [60]))
        }
        #expect(error?.code == .invalidAttributes)
        #expect(fake.closed == [60])
    }

    @Test("A sampler closes and unmaps at the end of its life")
    func samplerEnds() throws {
        let fake = FakeKernel()
        do {
            let sampler = try Sampler(
                EventAttributes(event: .software(.dummy)), ringPages: 1, calls: fake.calls(opens: [60]))
            #expect(sampler.descriptor == 60)
        }
        #expect(fake.closed == [60])
        #expect(fake.unmapped == 1)
    }

    @Test("of an event that counts guests too, where KVM lends them the counters, names the module")
    func lentToGuests() {
        func code(excludesGuest: Bool, module: String?) -> PerfError? {
            var attributes = EventAttributes(event: .raw(0xd1))
            attributes.excludesGuest = excludesGuest
            let calls = FakeKernel().calls(
                opens: [-Errno.notSupported.rawValue],
                facts: PermissionFacts(corePMUs: ["cpu"], lendingModule: module))
            return perfError { () throws(PerfError) in _ = try Counter(attributes, calls: calls) }
        }
        let refused = code(excludesGuest: false, module: "kvm_amd")
        #expect(refused?.code == .lentToGuests)
        #expect(refused?.description.contains("kvm_amd.enable_mediated_pmu") == true)
        #expect(refused?.description.contains("exclude_guest") == true)
        #expect(code(excludesGuest: true, module: "kvm_amd")?.code == .eventUnsupported)
        #expect(code(excludesGuest: false, module: nil)?.code == .eventUnsupported)
    }

    @Test("of a request names the request")
    func requests() throws {
        let calls = FakeKernel().calls(request: -Errno.invalidArgument.rawValue)
        let counter = try Counter(EventAttributes(event: .raw(0x1c4)), calls: calls)
        #expect(perfError { () throws(PerfError) in try counter.enable() }?.operation == .enable)
        #expect(perfError { () throws(PerfError) in try counter.disable() }?.operation == .disable)
        #expect(perfError { () throws(PerfError) in try counter.reset() }?.operation == .reset)
        #expect(perfError { () throws(PerfError) in _ = try counter.id }?.operation == .identify)
        #expect(
            perfError { () throws(PerfError) in try counter.deliverOverflow(signal: 10, toThread: 1) }?.operation
                == .deliverSignal)
        let period = perfError { () throws(PerfError) in try counter.setPeriod(3) }
        #expect(period?.code == .periodRefused)
        #expect(period?.description.contains("r1c4 to 3") == true)
    }

    @Test("A CPU number that no kernel could have is no other CPU", arguments: [-1, -2, Int.min, Int.max, 1 << 32])
    func impossibleCPU(cpu: Int) {
        let error = perfError { () throws(PerfError) in
            _ = try Counter(EventAttributes(event: .software(.dummy)), cpu: cpu)
        }
        #expect(error?.code == .offlineCPU)
    }

    @Test("The running kernel's refusals get the same codes")
    func realKernel() {
        func code(_ attributes: EventAttributes, thread: Int32 = 0, cpu: Int? = nil) -> PerfError.Code? {
            perfError { () throws(PerfError) in _ = try Counter(attributes, thread: thread, cpu: cpu) }?.code
        }
        #expect(code(EventAttributes(event: .dynamic(pmuType: 65_000, config: 0))) == .eventUnsupported)
        #expect(code(EventAttributes(event: .software(.dummy)), cpu: 100_000) == .offlineCPU)
        #expect(code(EventAttributes(event: .software(.dummy)), thread: Int32.max) == .noSuchThread)
        var huge = EventAttributes(event: .software(.taskClock))
        huge.samplePeriod = 1 << 63
        #expect(code(huge) == .periodRefused)
        if PMUDevice.corePMUs().isEmpty { #expect(code(EventAttributes(event: .raw(0x1c4))) == .noPMU) }
    }

    @Test("Facts of this process are what the kernel says")
    func facts() {
        let facts = PermissionFacts.current()
        #expect(facts.limits.perfEventParanoid == SystemFiles().number("/proc/sys/kernel/perf_event_paranoid"))
        #expect(facts.openFileLimit > 0)
        #expect(facts.onlineCPUs?.contains(0) == true)
    }
}
