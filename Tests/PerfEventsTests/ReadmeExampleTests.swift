import Glibc
import PerfEvents
import Testing

/// The example in the README, word for word.
@Suite("The README's example")
struct ReadmeExampleTests {
    @Test("It counts at most the page faults of a mebibyte, each of fresh pages, and stands still when it is disabled")
    func example() throws {
        let counter = try Counter(EventAttributes(event: .software(.pageFaults)))
        try counter.enable()
        let pages = [UInt8](repeating: 1, count: 1 << 20)
        try counter.disable()
        let faults = try counter.readExact()
        // The allocator may hand out memory that has been touched before: then there are fewer, or none.
        #expect(faults <= UInt64(pages.count / 4096 + 16))
        #expect(try counter.read().value == faults)

        // Pages that nobody has touched cost a fault each, so a counter that counts nothing is seen.
        let fresh = 64
        let memory = try #require(
            mmap(nil, fresh * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0))
        try #require(memory != MAP_FAILED)
        defer { munmap(memory, fresh * 4096) }
        try #require(madvise(memory, fresh * 4096, MADV_NOHUGEPAGE) == 0)
        try counter.enable()
        for page in 0..<fresh { memory.storeBytes(of: 1, toByteOffset: page * 4096, as: UInt8.self) }
        try counter.disable()
        #expect(try counter.readExact() >= faults + UInt64(fresh))
    }
}
