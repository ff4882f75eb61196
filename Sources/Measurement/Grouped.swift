extension BinaryInteger {
    /// Thousands apart, as a person reads it: "48,210", "-1,322".
    package var grouped: String {
        let digits = Array(String(magnitude))
        var result = self < 0 ? "-" : ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { result.append(",") }
            result.append(digit)
        }
        return result
    }
}
