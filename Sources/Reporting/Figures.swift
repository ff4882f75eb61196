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
    static func plural(_ noun: String) -> String {
        noun.hasSuffix("ch") ? noun + "es" : noun + "s"
    }
}
