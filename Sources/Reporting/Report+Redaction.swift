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
        plain.environment.firmware?.product = nil
        plain.environment.firmware?.board = nil
        plain.environment.libpfm?.environment = [:]
        if commands != nil { plain.commands = ReportedCommands(plain) }
        // By way of JSON, so that no string is forgotten that a later version adds.
        var known: [String: String] = [:]
        let value = try ReportJSON.decode(JSONValue.self, from: ReportJSON.encode(plain)).mapStrings { text in
            if let result = known[text] { return result }
            let result = redaction.applied(to: text)
            known[text] = result
            return result
        }
        var report = try ReportJSON.decode(Report.self, from: ReportJSON.encode(value))
        report.redacted = true
        return report
    }

    /// Options whose value is a file's name, or holds one.
    private static let fileOptions: Set<String> = ["--output", "--report", "--baseline", "--policy", "--record"]

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
