/// Simulated time: it passes with the branches, and a little more with each PMI.
struct SimulatedClock {
    let branchesPerSecond: UInt64
    let ticksPerSecond: UInt64
    /// Where in a tick the run begins, in nanoseconds.
    let phase: UInt64

    /// What a PMI costs on current CPUs, in nanoseconds: about a microsecond.
    static let nanosecondsPerPMI: UInt64 = 1_000
    static let nanosecondsPerSecond: UInt64 = 1_000_000_000

    func nanoseconds(branches: UInt64, pmis: UInt64) -> UInt64 {
        scaled(branches, Self.nanosecondsPerSecond, branchesPerSecond) &+ pmis &* Self.nanosecondsPerPMI
    }

    func branches(inNanoseconds nanoseconds: UInt64) -> UInt64 {
        scaled(nanoseconds, branchesPerSecond, Self.nanosecondsPerSecond)
    }

    /// The number of the tick in which a moment lies, and the nanoseconds until the next one.
    func tick(at nanoseconds: UInt64) -> (number: UInt64, remaining: UInt64) {
        let length = Self.nanosecondsPerSecond / ticksPerSecond
        let (number, passed) = (nanoseconds + phase).quotientAndRemainder(dividingBy: length)
        return (number, length - passed)
    }
}

/// value × numerator ÷ denominator, without an intermediate overflow. The largest number where the result does not fit.
func scaled(_ value: UInt64, _ numerator: UInt64, _ denominator: UInt64) -> UInt64 {
    if numerator == denominator { return value }
    guard denominator > 0 else { return 0 }
    // Division of 128 bits is many times slower than of 64, and this is called several times for each PMI.
    let product = value.multipliedFullWidth(by: numerator)
    if product.high == 0 { return product.low / denominator }
    guard product.high < denominator else { return .max }
    return denominator.dividingFullWidth(product).quotient
}
