import Measurement

/// Takes out of a report what identifies one machine, or its owner. What a count can depend on stays: kernel release,
/// CPU, microcode, firmware versions, PMUs, boot parameters.
///
/// Removed, in every string of the report:
/// - the host name, where it stands as a word of its own;
/// - absolute paths, but not those below /proc, /sys and /dev, which are the same everywhere;
/// - UUIDs, machine ids (32 hexadecimal digits), MAC addresses, mail addresses, IPv4 addresses;
/// - in `arguments`, values of options that name files.
///
/// Removed as a whole: the product and board of the firmware, the variables that libpfm4 saw, and in the kernel's
/// banner who built it, where.
struct Redaction: Sendable {
    /// Names of the machine; shorter ones than `shortestName` would take words out of sentences.
    private let names: [String]
    private static let shortestName = 3

    /// - Parameter hostName: As uname(2) has it; nil or empty where it is not known.
    init(hostName: String?) {
        guard let hostName, !hostName.isEmpty else {
            names = []
            return
        }
        let short = hostName.split(separator: ".").first.map(String.init) ?? hostName
        names = [hostName, short].filter { $0.count >= Self.shortestName && $0 != "localhost" }
    }

    /// The text without what identifies a machine.
    func applied(to text: String) -> String {
        var result = ""
        var word = ""
        for character in text {
            if Self.partsWords(character) {
                result += redactedWord(word)
                result.append(character)
                word = ""
            } else {
                word.append(character)
            }
        }
        return result + redactedWord(word)
    }

    private static func partsWords(_ character: Character) -> Bool {
        character.isWhitespace || "\"'()<>[]{},;=".contains(character)
    }

    private func redactedWord(_ word: String) -> String {
        // A sentence's full stop or colon is none of the word's.
        let end = word.reversed().prefix { ".:!?".contains($0) }.count
        let (core, tail) = (String(word.dropLast(end)), String(word.suffix(end)))
        guard let label = label(core) else { return withoutNames(word) }
        return label + tail
    }

    private func label(_ word: String) -> String? {
        guard word.utf8.count >= 3 else { return nil }
        if names.contains(where: { $0.lowercased() == word.lowercased() }) { return "HOST" }
        if word.first == "/", word.dropFirst().contains(where: \.isLetter) {
            return ["/proc/", "/sys/", "/dev/"].contains(where: word.hasPrefix) ? nil : "PATH"
        }
        if word.contains("@") { return "ADDRESS" }
        if Self.isGroups(word, of: [8, 4, 4, 4, 12], by: "-") || Self.isGroups(word, of: [32], by: "-") { return "ID" }
        if Self.isGroups(word, of: [2, 2, 2, 2, 2, 2], by: ":") { return "ADDRESS" }
        return Self.isInternetAddress(word) ? "ADDRESS" : nil
    }

    /// A name within a longer word: "6.1.0-HOST", "HOST:/srv".
    private func withoutNames(_ word: String) -> String {
        guard !names.isEmpty else { return word }
        var result = ""
        var part = ""
        for character in word {
            if character.isLetter || character.isNumber {
                part.append(character)
                continue
            }
            result += redactedPart(part)
            result.append(character)
            part = ""
        }
        return result + redactedPart(part)
    }

    private func redactedPart(_ part: String) -> String {
        names.contains { $0.lowercased() == part.lowercased() } ? "HOST" : part
    }

    private static func isGroups(_ word: String, of counts: [Int], by separator: Character) -> Bool {
        let groups = word.split(separator: separator, omittingEmptySubsequences: false)
        return groups.map(\.count) == counts && groups.allSatisfy { $0.allSatisfy(\.isHexDigit) }
    }

    private static func isInternetAddress(_ word: String) -> Bool {
        let groups = word.split(separator: ".", omittingEmptySubsequences: false)
        return groups.count == 4 && groups.allSatisfy { $0.count <= 3 && UInt8($0) != nil }
    }
}
