/// Numbers as a person reads them.
package enum Figures {
    /// Thousands apart: 48,210.
    package static func grouped(_ value: UInt64) -> String {
        let digits = Array(String(value))
        var result = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { result.append(",") }
            result.append(digit)
        }
        return result
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

    /// Two decimals, without Foundation.
    package static func decimal(_ value: Double) -> String {
        let hundredths = (value * 100).rounded()
        guard hundredths.magnitude < 9e15 else { return "\(value)" }
        let whole = Int64(hundredths.magnitude)
        let fraction = whole % 100
        return "\(hundredths < 0 ? "-" : "")\(whole / 100).\(fraction < 10 ? "0" : "")\(fraction)"
    }
}
