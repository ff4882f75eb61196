/// perf's form of an event of a PMU: `cpu_core/r11c4/`, `cpu/event=0xc4,umask=0x11/`.
struct SysfsEventName {
    let text: String
    let pmu: String
    let terms: [Substring]

    init?(_ name: String) {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 3, !parts[0].isEmpty else { return nil }
        text = name
        pmu = String(parts[0])
        terms = parts[1].split(separator: ",")
        self.scope = String(parts[2])
    }

    private let scope: String

    func encoded(files: SystemFiles) throws(EventNameError) -> EncodedEvent {
        // "u" behind the last slash is what is counted anyway.
        guard scope.isEmpty || scope == "u" else {
            throw EventNameError(
                .scopeModifier, name: text, reason: "the modifier \(scope) asks for something else than user space",
                advice: "Leave the modifier out: only user space is counted.")
        }
        guard let device = PMUDevice(name: pmu, files: files) else {
            throw EventNameError(
                .unknownPMU, name: text, reason: "\(PMUDevice.folder) has no \(pmu)",
                advice: "List those it has: truecount list pmus.",
                nearNames: NearNames.of(pmu, among: files.names(in: PMUDevice.folder)))
        }
        guard !terms.isEmpty else {
            throw EventNameError(
                .malformed, name: text, reason: "it names no event between the slashes",
                advice: "Write a raw code (\(pmu)/r11c4/) or terms (\(pmu)/event=0xc4,umask=0x11/).")
        }
        var words = Self.words.map { _ in UInt64(0) }
        for term in terms {
            let (word, bits) = try place(term, of: device)
            words[word] |= bits
        }
        let event = Event(type: device.type, config: words[0], config1: words[1], config2: words[2])
        return EncodedEvent(
            event: event, name: text, canonicalName: "\(pmu)/\(terms.joined(separator: ","))/", pmu: pmu,
            pmuIsPresent: true)
    }

    /// The words of an event, in the order of `PMUFormat.word`.
    private static let words = ["config", "config1", "config2"]

    private func place(
        _ term: Substring, of device: PMUDevice
    ) throws(EventNameError) -> (word: Int, bits: UInt64) {
        if let config = EventCatalog.rawCode(String(term)) { return (0, config) }
        let halves = term.split(separator: "=", maxSplits: 1)
        let key = halves.first.map(String.init) ?? ""
        let value = halves.count == 2 ? String.parseNumber(halves[1]) : 1
        if let word = Self.words.firstIndex(of: key), let value { return (word, value) }
        let known = device.formats.keys.sorted()
        guard let field = device.formats[key] else {
            throw EventNameError(
                .unknownAttribute, name: text, reason: "\(pmu) has no term \(key)",
                advice: "It has \(known.isEmpty ? "none" : known.joined(separator: ", ")).",
                nearNames: NearNames.of(key, among: known))
        }
        guard let value, let bits = field.encode(value), Self.words.indices.contains(field.word) else {
            throw EventNameError(
                .unknownAttribute, name: text, reason: "the value of \(key) is no number of its \(field)",
                advice: "Give a decimal number, or a hexadecimal one with 0x.")
        }
        return (field.word, bits)
    }
}
