import Measurement

/// Numbers as a person reads them.
package enum Figures {
    /// Thousands apart: 48,210.
    package static func grouped(_ value: UInt64) -> String { value.grouped }

    /// The same with a sign where there is one: -48,210.
    package static func signed(_ value: Int64) -> String { value.grouped }

    /// A time that is planned, rounded up: "9 s", "82 min", "17 h".
    package static func duration(seconds: Double) -> String {
        let whole = UInt64(exactly: max(0, seconds).rounded(.up)) ?? .max
        if whole <= 120 { return "\(whole) s" }
        let minutes = (whole - 1) / 60 + 1
        return minutes <= 120 ? "\(minutes) min" : "\(grouped((minutes - 1) / 60 + 1)) h"
    }

    /// "1 run", "12 runs".
    package static func counted(_ value: UInt64, _ noun: String) -> String {
        "\(grouped(value)) \(value == 1 ? noun : plural(noun))"
    }

    /// The nouns that this tool counts, and no others.
    package static func plural(_ noun: String) -> String {
        noun.hasSuffix("ch") ? noun + "es" : noun + "s"
    }

    /// Two significant digits of a share in per cent, and no 100 for less than all: "2", "1.2", "0.05", "99.7".
    package static func percent(_ share: Double) -> String {
        // A kept report may hold any number.
        let value = min(max(share, 0), 1) * 100
        if value == 0 || value == 100 { return "\(Int(value))" }
        if value < 0.0095 { return "under 0.01" }
        if value >= 98.95 { return short(min(99.9, (value * 10).rounded(.down) / 10)) }
        if value >= 9.95 { return "\(Int(value.rounded()))" }
        let scale: Double = value < 0.095 ? 1000 : value < 0.95 ? 100 : 10
        return short((value * scale).rounded() / scale)
    }

    /// Without zeros at its end.
    private static func short(_ value: Double) -> String {
        var text = decimal(value)
        while text.hasSuffix("0") { text.removeLast() }
        return text.hasSuffix(".") ? String(text.dropLast()) : text
    }

    /// "0.4 s", "12 s", "3 min", "5 h", "12 days", "292 years".
    package static func duration(_ seconds: Double) -> String {
        let units: [(name: String, seconds: Double)] = [
            ("years", 365.25 * 86_400), ("days", 86_400), ("h", 3600), ("min", 60),
        ]
        for unit in units where seconds >= 2 * unit.seconds {
            return "\(grouped(UInt64(min(seconds / unit.seconds, 1e15).rounded()))) \(unit.name)"
        }
        return seconds < 0.95 ? "\(short((max(0, seconds) * 10).rounded() / 10)) s" : "\(Int(seconds.rounded())) s"
    }

    /// Two decimals, without Foundation.
    package static func decimal(_ value: Double) -> String {
        let hundredths = (value * 100).rounded()
        guard hundredths.magnitude < 9e15 else { return "\(value)" }
        let whole = Int64(hundredths.magnitude)
        let fraction = whole % 100
        return "\(hundredths < 0 ? "-" : "")\(whole / 100).\(fraction < 10 ? "0" : "")\(fraction)"
    }
}
