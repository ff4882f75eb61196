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

    /// What of a finding depends on the vendor.
    static let all: [VendorText] = (KnownFault.all.map(\.advice) + [.measuringSMIs]).filter { !$0.own.isEmpty }

    /// On AMD there is no count of SMIs to be read, but an event: LsSmiRx, 0x2B (AMD's PPRs of families 17h to 1Ah).
    static let measuringSMIs = VendorText(
        "modprobe msr && truecount diagnose, as root on Intel",
        [.amd: "perf stat -a -e r2b sleep 60, as root: SMIs received while truecount diagnose runs"])
}

extension DiagnosisResult {
    /// The same in the words of the machine that it was measured on, with what its kernel's log says of it. Judging needs
    /// neither.
    public func addressed(to machine: Machine) -> DiagnosisResult {
        guard source != .simulated else { return self }
        let vendor = machine.processor.maker
        let texts = Dictionary(VendorText.all.map { ($0.general, $0.on(vendor)) }) { first, _ in first }
        var result = self
        for index in result.findings.indices {
            let finding = result.findings[index]
            result.findings[index].advice = texts[finding.advice] ?? finding.advice
            for other in finding.notMeasured.indices {
                let command = finding.notMeasured[other].command
                result.findings[index].notMeasured[other].command = texts[command] ?? command
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
