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
        let fields = ProcessorInformation(text, cpu: cpu).fields
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

/// One CPU's block of `/proc/cpuinfo`.
package struct ProcessorInformation: Sendable {
    package let fields: [String: String]

    package init(_ text: String, cpu: Int?) {
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
        let processors = blocks.filter { $0["processor"] != nil }
        let wanted = cpu.map(String.init)
        fields = processors.first { wanted == nil || $0["processor"] == wanted } ?? [:]
    }
}
