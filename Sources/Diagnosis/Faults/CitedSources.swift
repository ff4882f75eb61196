/// A source that explanations cite. Every ``FaultExplanation/Reference`` comes from this table; a row is added once its
/// content has been read.
struct CitedSource: Sendable, Hashable {
    let reference: FaultExplanation.Reference

    static let all: [CitedSource] = commits + mails + rrIssues + otherIssues + documents

    // MARK: Kernel commits and mails

    static let commits = [
        commit("af3bdb991a5c", "Add a separate Arch Perfmon v4 PMI handler (Linux 4.20-rc1)"),
        commit("a01994f5e5c7", "x86/perf: Default set FREEZE_ON_SMI for all"),
        commit(
            "9734e25fbf5a", "perf: Fix the throttle logic for a group (Linux 6.16)"),
        commit("598c2fafc06f", "perf/x86/amd/lbr: Use freeze based on availability (Linux 6.9)"),
        commit("f1cac6ac62d2", "perf/x86: a moved event that is stopped gets its counter loaded (March 2026)"),
        commit("8d5fae601126", "perf/x86: Move event pointer setup earlier in x86_pmu_enable() (CVE-2026-23435)"),
        commit("dce0c74d2d18", "umask2 and eq bits for the event format (Linux 6.11)"),
        commit("59af95e028d4", "RDPMC user disable (merged February 2026)"),
        commit(
            "df4d29732fda", "perf/x86/amd: the window in which late NMIs are expected, which rr cites"),
    ]

    static let mails = [
        source(
            "Kyle Huey, [REGRESSION] x86, perf: counter freezing breaks rr, LKML, 20 November 2018",
            "https://lkml.iu.edu/hypermail/linux/kernel/1811.2/04443.html"),
        source(
            "Peter Zijlstra, in the thread on the KVM vPMU, LKML, 9 July 2019",
            "https://lkml.iu.edu/hypermail/linux/kernel/1907.1/01786.html"),
        source(
            "Peter Zijlstra, perf/intel: Remove Perfmon-v4 counter_freezing support, LKML, 10 November 2020, with"
                + " Stephane Eranian's replies", nil),
        source(
            "perf/x86/amd: Work around erratum #1292, LKML; queued as 87a222f3e88c and absent from Linux 6.12", nil),
    ]

    // MARK: Issues

    static let rrIssues = [
        rr(1552, "Piledriver counts interrupts as branches"), rr(1818, "Parallels: values differ by 2^31"),
        rr(1952, "KVM drops the checkpointed counter"), rr(1957, "Knights Landing has two counters"),
        rr(1972, "VMware: a second counter that does not count"), rr(2034, "Zen: SpecLockMap"),
        rr(2202, "KVM guest reads 2147483647 as a tick count"), rr(2255, "Family 15h counts interrupts as branches"),
        rr(2421, "a pinned event in error state"), rr(2448, "counts that differ by one from run to run"),
        rr(2610, "Ice Lake with the encoding of older CPUs"), rr(2615, "Westmere: counts by one off, and late"),
        rr(2720, "Zen: interrupts thousands of branches late"), rr(2834, "Zen: late interrupts"),
        rr(3045, "SMIs counted as the program's branches"), rr(3063, "freeze_on_smi cures it"),
        rr(3076, "on which chips freeze_on_smi is needed"), rr(3338, "Alder Lake: the wrong core type"),
        rr(3601, "Graviton: the interrupt comes at twice the period"), rr(3607, "a migration loses the interrupt"),
        rr(3649, "Apple M-series: one count too many"), rr(3848, "Linux refuses periods below 32 on Haswell"),
        rr(3906, "Core Ultra: a count near 34 of 500"), rr(3935, "Lunar Lake's event encoding"),
        rr(4041, "a pinned event in error state"), rr(4079, "VMware's CPUID bug, or counts taken for it"),
    ]

    static let otherIssues = [
        source(
            "rezolus issue 1036: 395 of 3.5 billion instructions counted, with healthy times",
            "https://github.com/iopsystems/rezolus/issues/1036"),
        source(
            "Asahi Linux issue 150: no overflow interrupt on Apple M2",
            "https://github.com/AsahiLinux/linux/issues/150"),
        source(
            "google/benchmark pull request 1813: multiplexed counters reported as whole",
            "https://github.com/google/benchmark/pull/1813"),
        source(
            "deater/perf_event_tests pull request 11: rdpmc jumps by 2^48 now and then",
            "https://github.com/deater/perf_event_tests/pull/11"),
    ]

    // MARK: Documents and programs

    static let documents = [
        source(
            "Intel SDM vol. 3, IA32_PERF_GLOBAL_STATUS, bit 59 (CTR_Frz); IA32_DEBUGCTL, bit 12", nil),
        source(
            "Intel SDM vol. 3, IA32_DEBUGCTL, bit 14 (FREEZE_WHILE_SMM); MSR_SMI_COUNT", nil),
        source(
            "AMD APM vol. 2, 13.1.1.6, DebugCtl bit 11 (FLBRI) and bit 12 (FPMCI); 13.2.1, PerfCntrGlobalStatus, PMCF",
            nil),
        source("Linux 5.10, arch/x86/events/intel/core.c, intel_pmu_handle_irq_v4", nil),
        source("Linux, kernel/events/core.c, __perf_event_account_interrupt", nil),
        source("Linux, arch/x86/events/amd/core.c, amd_pmu_adjust_nmi_window", nil),
        source(
            "perf_event_open(2): pinned, time_running, PERF_RECORD_THROTTLE, PERF_RECORD_LOST", nil),
        source("rr src/PerfCounters.cc: check_for_ioc_period_bug", nil),
        source("rr src/PerfCounters_x86.h: check_for_kvm_in_txcp_bug", nil),
        source("rr src/PerfCounters_x86.h: check_for_xen_pmi_bug (rr commit 7a7d025e)", nil),
        source("rr src/PerfCounters.cc: check_working_counters", nil),
        source(
            "rr src/PerfCounters.cc: the table of micro-architectures, with a skid limit for each", nil),
        source("rr: CPUIDBugDetector", nil),
        source("rr commit 572d62f4: Cortex-A520 over-counts now and then", nil),
        source("R. O'Callahan on VMware's CPUID clusters, September 2014", nil),
        source(
            "V. Weaver, D. Terpstra, S. Moore, Non-determinism and overcount on modern hardware performance counter"
                + " implementations, ISPASS 2013", nil),
        source("AMD erratum 1292, Retire Based Events May Overcount", nil),
        source(
            "AMD erratum 1023, Performance Monitor Counter Overflow Interrupts May Fail To Be Delivered When Two or More"
                + " Counters Are Enabled (document 55449, revision 1.12)", nil),
        source("kvm-unit-tests x86/pmu.c: overcount by model", nil),
        source("Linux tools/testing/selftests/kvm/lib/x86/pmu.c: erratum SRF7 and the models that have it", nil),
        source("Linux tools/perf/pmu-events/arch/x86: Intel's event lists, with the errata of this event", nil),
        source("Intel perfmon event lists: BR_INST_RETIRED.COND and .COND_TAKEN", nil),
        source(
            "KVM fixes for Linux 6.14: Load the guest's DR6 outside of the innermost .vcpu_run() loop", nil),
        source("truecount docs/method.md: how a run is measured", nil),
    ]

    private static func commit(_ hash: String, _ title: String) -> CitedSource {
        source("kernel commit \(hash): \(title)", "https://git.kernel.org/torvalds/c/\(hash)")
    }

    private static func rr(_ number: Int, _ title: String) -> CitedSource {
        source(
            "rr issue \(number): \(title)", "https://github.com/rr-debugger/rr/issues/\(number)")
    }

    private static func source(_ text: String, _ url: String?) -> CitedSource {
        CitedSource(reference: FaultExplanation.Reference(text: text, url: url))
    }
}

extension FaultExplanation.Reference {
    /// The rows of the table whose text begins so, or contains it, one for each key. A key that finds none or several
    /// is left out, and a test says which.
    static func cited(_ keys: String...) -> [FaultExplanation.Reference] {
        keys.compactMap { key in
            let found = CitedSource.all.filter { $0.reference.text.contains(key) }
            return found.count == 1 ? found[0].reference : nil
        }
    }
}
