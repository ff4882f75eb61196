import Measurement

/// A text that says something else on the CPUs of some vendors: registers have other names there, and other causes are
/// known. A literal says the same on all.
struct VendorText: Sendable, Hashable, ExpressibleByStringLiteral {
    /// Where nothing is known of the CPU, or nothing else has to be said.
    let general: String
    private let own: [ProcessorVendor: String]

    init(_ general: String, _ own: [ProcessorVendor: String]) {
        self.general = general
        self.own = own
    }

    init(stringLiteral text: String) { self.init(text, [:]) }

    func on(_ vendor: ProcessorVendor?) -> String { vendor.flatMap { own[$0] } ?? general }

    /// What of a diagnosis depends on the vendor.
    static let all: [VendorText] = {
        var texts: [VendorText] = KnownFault.all.map(\.advice)
        texts += ProbeRegistry.all.map(\.question)
        texts += ProbeRegistry.all.map(\.title)
        texts += [measuringSMIs, unreadableSMIs, disabledReading, disagreeingReading, lossBetweenIdentifications]
        return texts.filter { !$0.own.isEmpty }
    }()

    /// On AMD there is no count of SMIs to be read, but an event: LsSmiRx, 0x2B (AMD's PPRs of families 17h to 1Ah).
    static let measuringSMIs = VendorText(
        "modprobe msr && truecount diagnose, as root on Intel",
        [.amd: "perf stat -a -e r2b sleep 60, as root: SMIs received while truecount diagnose runs"])
}

extension VendorText {
    static let unreadableSMIs = VendorText(
        "MSR_SMI_COUNT cannot be read: needs Intel, root and the msr driver",
        [.arm: "an Arm CPU has no count of what its firmware does"])

    static let disabledReading = VendorText(
        "rdpmc is disabled in user space and gives 0", [.arm: "counters cannot be read in user space and give 0"])

    static let disagreeingReading = VendorText(
        "The instruction rdpmc gives another count than read(2) before and after it.",
        [.arm: "Reading PMEVCNTR_EL0 in user space gives another count than read(2) before and after it."])

    static let lossBetweenIdentifications = VendorText(
        "The hypervisor emulates two nearby CPUID instructions in one exit, and the branch between them is not counted.",
        [
            .arm:
                "The kernel emulates reads of identification registers, and the branch between two of them is not counted."
        ])
}

extension DiagnosisResult {
    /// The same in the words of the machine that it was measured on, with what its kernel's log says of it. Judging needs
    /// neither.
    public func addressed(to machine: Machine) -> DiagnosisResult {
        guard source != .simulated else { return self }
        let vendor = machine.processor.maker
        var texts = Dictionary(VendorText.all.map { ($0.general, $0.on(vendor)) }) { first, _ in first }
        for (text, own) in texts { texts[ProbeResult.notMeasured + text] = ProbeResult.notMeasured + own }
        var result = self
        let known = texts
        func told(_ text: String) -> String { known[text] ?? text }
        for index in result.probes.indices {
            result.probes[index].question = told(result.probes[index].question)
            result.probes[index].title = told(result.probes[index].title)
            result.probes[index].answer = told(result.probes[index].answer)
        }
        for index in result.findings.indices {
            let finding = result.findings[index]
            result.findings[index].advice = told(finding.advice)
            result.findings[index].mechanism = told(finding.mechanism)
            result.reasons = result.reasons.map { $0.replacing(finding.mechanism, with: told(finding.mechanism)) }
            for other in finding.notMeasured.indices {
                let command = finding.notMeasured[other].command
                result.findings[index].notMeasured[other].command = told(command)
            }
            if vendor == .arm {
                // There is no such mode: neither is anything excluded by its absence, nor can it be measured.
                result.findings[index].excluded.removeAll { $0.alternative == Fault.smiSurplus.rawValue }
                result.findings[index].notMeasured.removeAll { $0.alternative == Fault.smiSurplus.rawValue }
            }
            if finding.fault == .freezeOnPMI, let line = machine.loggedFreeze, !finding.evidence.contains(line) {
                result.findings[index].evidence.append(line)
            }
        }
        return result
    }
}

extension Machine {
    /// The kernel's own trace of counters that froze, as evidence; nil where its log has none, or may not be read.
    fileprivate var loggedFreeze: String? {
        kernel.logsFreeze(atEnd?.log ?? []).map {
            "the kernel's log has \"\($0)\": bit 59, PMCF, is set where the counters froze (APM vol. 2, 13.2.1)"
        }
    }
}
