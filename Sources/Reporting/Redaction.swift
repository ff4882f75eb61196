import Diagnosis
import Measurement

extension Report {
    /// The report without what identifies one machine or its owner; `redacted` then says so. See docs/report-format.md
    /// for what is removed.
    ///
    /// - Parameter hostName: The name of the machine the report is from, as uname(2) has it.
    /// - Throws: `EncodingError` for a report that holds a number that is not finite.
    public func redacted(hostName: String?) throws -> Report {
        let redaction = Redaction(hostName: hostName)
        var plain = self
        plain.arguments = Self.withoutFiles(arguments)
        plain.environment.kernel.banner = environment.kernel.banner.map(Self.withoutBuilder)
        plain.environment.kernel.commandLine = environment.kernel.commandLine.map(BootParameter.withoutPrivateValues)
        plain.environment.firmware?.product = nil
        plain.environment.firmware?.board = nil
        plain.environment.libpfm?.environment = [:]
        if commands != nil { plain.commands = ReportedCommands(plain) }
        // By way of JSON, so that no string is forgotten that a later version adds.
        var known: [String: String] = [:]
        let value = try JSONValue(encoding: plain).mapStrings { text in
            if let result = known[text] { return result }
            let result = redaction.applied(to: text)
            known[text] = result
            return result
        }
        var report = try ReportJSON.decode(Report.self, from: Array(value.compact.utf8))
        report.redacted = true
        return report
    }

    /// Options whose value is a file's name, or holds one.
    private static let fileOptions: Set<String> = [
        "-o", "--output", "--report", "--baseline", "--policy", "--record",
    ]

    private static func withoutFiles(_ arguments: [String]) -> [String] {
        var result: [String] = []
        var isFile = false
        for argument in arguments {
            let name = argument.split(separator: "=", maxSplits: 1).first.map(String.init) ?? argument
            if isFile {
                result.append("FILE")
            } else if fileOptions.contains(name), argument.contains("=") {
                result.append("\(name)=FILE")
            } else {
                result.append(argument)
            }
            isFile = !isFile && fileOptions.contains(argument)
        }
        return result
    }

    /// "Linux version 6.1.0 (user@host) (gcc ...) #1 ..." without its first parentheses (init/version.c: the builder).
    private static func withoutBuilder(_ banner: String) -> String {
        guard let open = banner.firstIndex(of: "("), let close = banner[open...].firstIndex(of: ")") else {
            return banner
        }
        return banner[..<open] + "(BUILDER)" + banner[banner.index(after: close)...]
    }
}

/// Takes out of a report what identifies one machine, or its owner. What a count can depend on stays: kernel release,
/// CPU, microcode, firmware versions, PMUs, boot parameters.
///
/// Removed, in every string of the report:
/// - the host name, where it stands as a word of its own;
/// - absolute paths, but not those below /proc, /sys and /dev, which are the same everywhere;
/// - UUIDs, machine ids (32 hexadecimal digits), MAC addresses, mail addresses, IPv4 addresses;
/// - in `arguments`, values of options that name files.
///
/// Removed as a whole: the product and board of the firmware, the variables that libpfm4 saw, in the kernel's banner who
/// built it, where, and in its command line all values but those of `BootParameter`.
struct Redaction: Sendable {
    /// Names of the machine; shorter ones than `shortestName` would take words out of sentences.
    private let names: [String]
    private static let shortestName = 3
    /// What stands in a name's place.
    static let host = "HOST"

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
        if names.contains(where: { $0.lowercased() == word.lowercased() }) { return Self.host }
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
        names.contains { $0.lowercased() == part.lowercased() } ? Self.host : part
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
