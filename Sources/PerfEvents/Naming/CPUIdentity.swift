/// Which CPU this is, as far as event tables tell CPUs apart.
public enum CPUIdentity: Sendable, Hashable, CustomStringConvertible {
    /// Vendor string of CPUID leaf 0, display family, display model and stepping (SDM vol. 2, CPUID).
    case x86(vendor: String, family: Int, model: Int, stepping: Int)
    /// Implementer and part number of `MIDR_EL1`.
    case arm(implementer: Int, part: Int)

    /// The form that kernel logs and microcode file names use: "Intel 06-5e-03", "AMD 19-61-02", "Arm 41-d0c".
    public var description: String {
        switch self {
        case .x86(let vendor, let family, let model, let stepping):
            let name = Self.shortVendorNames[vendor] ?? vendor
            return "\(name) \(Self.padded(family))-\(Self.padded(model))-\(Self.padded(stepping))"
        case .arm(let implementer, let part):
            return "Arm \(Self.padded(implementer))-\(part.hex)"
        }
    }

    private static let shortVendorNames = [
        "GenuineIntel": "Intel", "AuthenticAMD": "AMD", "HygonGenuine": "Hygon",
    ]

    private static func padded(_ number: Int) -> String {
        number < 16 ? "0" + number.hex : number.hex
    }
}

extension CPUIdentity {
    /// The identity of one CPU in the text of `/proc/cpuinfo`; nil where the text has no such CPU or does not
    /// say what it is.
    ///
    /// - Parameter cpu: number of the CPU; nil for the first of the text.
    public init?(processorInformation text: String, cpu: Int? = nil) {
        self.init(fields: ProcessorInformation(text).fields(of: cpu))
    }

    package init?(fields: [String: String]) {
        if let vendor = fields["vendor_id"], let family = fields["cpu family"].flatMap({ Int($0) }),
            let model = fields["model"].flatMap({ Int($0) })
        {
            let stepping = fields["stepping"].flatMap { Int($0) } ?? 0
            self = .x86(vendor: vendor, family: family, model: model, stepping: stepping)
        } else if let implementer = fields["CPU implementer"].flatMap({ String.parseNumber($0) }),
            let part = fields["CPU part"].flatMap({ String.parseNumber($0) })
        {
            self = .arm(implementer: Int(truncatingIfNeeded: implementer), part: Int(truncatingIfNeeded: part))
        } else {
            return nil
        }
    }
}

/// The CPUs' blocks of `/proc/cpuinfo`.
package struct ProcessorInformation: Sendable {
    private let blocks: [[String: String]]

    package init(_ text: String) {
        var blocks: [[String: String]] = [[:]]
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            let halves = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard halves.count == 2 else {
                if !(blocks.last ?? [:]).isEmpty { blocks.append([:]) }
                continue
            }
            blocks[blocks.count - 1][String(halves[0]).trimmed] = String(halves[1]).trimmed
        }
        // Arm prints fields of the whole machine ("Hardware") in a block without a processor.
        self.blocks = blocks.filter { $0["processor"] != nil }
    }

    /// Empty where there is no such CPU.
    ///
    /// - Parameter cpu: nil for the first one.
    package func fields(of cpu: Int?) -> [String: String] {
        let wanted = cpu.map(String.init)
        return blocks.first { wanted == nil || $0["processor"] == wanted } ?? [:]
    }
}

/// A machine's CPUs and the PMUs of their cores, read once for all of them.
package struct Cores: Sendable {
    package let information: ProcessorInformation
    package let pmus: [PMUDevice]

    /// - Parameter pmus: nil to read them, too.
    package init(files: SystemFiles, pmus: [PMUDevice]? = nil) {
        information = ProcessorInformation(files.text("/proc/cpuinfo") ?? "")
        self.pmus = pmus?.filter(\.isCore) ?? PMUDevice.corePMUs(files: files)
    }

    package func identity(of cpu: Int) -> CPUIdentity? { CPUIdentity(fields: information.fields(of: cpu)) }
    package func pmu(of cpu: Int) -> PMUDevice? { pmus.first { $0.serves(cpu: cpu) } }
}
