import PerfEvents
import Testing

/// The example in the README, word for word.
@Suite("The README's example")
struct ReadmeExampleTests {
    @Test("It counts at most the page faults of a mebibyte, and a disabled counter stands still")
    func example() throws {
        let counter = try Counter(EventAttributes(event: .software(.pageFaults)))
        try counter.enable()
        let pages = [UInt8](repeating: 1, count: 1 << 20)
        try counter.disable()
        let faults = try counter.readExact()
        // The allocator may hand out memory that has been touched before: then there are fewer, or none.
        #expect(faults <= UInt64(pages.count / 4096 + 16))
        #expect(try counter.read().value == faults)
    }
}
