import CPerf
import PerfEvents
import Testing

@testable import Workloads

@Suite("Positions")
struct PositionTests {
    private func registers(_ workload: Workload, at address: UInt, remaining: UInt64) -> UserRegisters {
        UserRegisters(instructionPointer: UInt64(address), remaining: remaining, inner: 0, counter: 0)
    }

    @Test("At the site the present execution has begun, and its branch has not retired")
    func site() throws {
        let workload = try #require(Workload.named("tight-loop"))
        // Of 10 iterations 4 are completed; the decrement of the fifth has left 5.
        let atSite = registers(workload, at: workload.site, remaining: 5)
        #expect(workload.position(iterations: 10, registers: atSite) == 4)
        #expect(workload.sitePosition(iterations: 10, registers: atSite) == 5)
        #expect(workload.secondSitePosition(iterations: 10, registers: atSite) == 5)
        let before = registers(workload, at: workload.secondSite, remaining: 6)
        #expect(workload.position(iterations: 10, registers: before) == 4)
        #expect(workload.sitePosition(iterations: 10, registers: before) == 4)
        #expect(workload.secondSitePosition(iterations: 10, registers: before) == 5)
    }

    @Test("In the disabling system calls the position is the total", arguments: Workload.all.map(\.name))
    func end(name: String) throws {
        let workload = try #require(Workload.named(name))
        // Behind the loop, whatever the registers hold.
        let behind = workload.site + 6
        let late = UserRegisters(instructionPointer: UInt64(behind), remaining: .max, inner: .max, counter: .max)
        for kind in BranchKind.allCases {
            for iterations in [1, 21, Workload.maximumIterations] {
                let total = workload.figures(iterations: iterations).branches(kind)
                #expect(workload.position(of: kind, iterations: iterations, registers: late) == total)
            }
        }
        #expect(workload.sitePosition(iterations: 21, registers: late) == 21)
        #expect(workload.secondSitePosition(iterations: 21, registers: late) == 21)
    }

    @Test("Outside the routine there is no position", arguments: Workload.all.map(\.name))
    func outside(name: String) throws {
        let workload = try #require(Workload.named(name))
        let end = workload.routineAddress + UInt(workload.routineLength)
        for address in [0, workload.routineAddress - 1, end, UInt.max] {
            let elsewhere = registers(workload, at: address, remaining: 1)
            #expect(workload.position(iterations: 2, registers: elsewhere) == nil)
            #expect(workload.sitePosition(iterations: 2, registers: elsewhere) == nil)
            #expect(workload.secondSitePosition(iterations: 2, registers: elsewhere) == nil)
        }
        let start = registers(workload, at: workload.routineAddress, remaining: 99)
        #expect(workload.position(iterations: 2, registers: start) == 0)
    }

    @Test("Registers that no such run can have give no position")
    func impossible() throws {
        let workload = try #require(Workload.named("nested-loops"))
        // What the kernel reports of a register that it did not save is -1.
        let unknown = registers(workload, at: workload.site, remaining: .max)
        #expect(workload.position(iterations: 5, registers: unknown) == nil)
        #expect(workload.sitePosition(iterations: 5, registers: unknown) == nil)
        let row = try #require(workload.positions.rows.first { $0.counter != 0 })
        let innermost = UserRegisters(
            instructionPointer: UInt64(workload.routineAddress) + UInt64(row.offset), remaining: 3, inner: .max / 2,
            counter: 1)
        #expect(workload.position(iterations: 5, registers: innermost) == nil)
        let tooMany = registers(workload, at: workload.site, remaining: 1)
        #expect(workload.position(iterations: Workload.maximumIterations + 1, registers: tooMany) == nil)
    }

    @Test("Of a sample each register has its own role, and one that was asked for others gives no position")
    func sampled() throws {
        let bits = (0..<64).filter { UserRegisters.sampleMask >> UInt64($0) & 1 == 1 }
        #expect(bits.count == 4)
        let all = try #require(try registers(sampledBy: UserRegisters.sampleMask))
        #if arch(x86_64)
            let numbers: [UInt64] = [8, 16, 17, 2]  // IP, R8, R9, CX
        #else
            let numbers: [UInt64] = [32, 9, 10, 11]
        #endif
        #expect([all.instructionPointer, all.remaining, all.inner, all.counter] == numbers.map { $0 + 1000 })
        #expect(try registers(sampledBy: UserRegisters.sampleMask, abi: 0) == nil)
        for bit in bits { #expect(try registers(sampledBy: UserRegisters.sampleMask & ~(1 << UInt64(bit))) == nil) }
        #expect(try registers(sampledBy: UserRegisters.sampleMask | 1) == nil)
    }

    /// From a sample in which register n is n + 1000.
    private func registers(sampledBy mask: UInt64, abi: UInt64 = 2) throws -> UserRegisters? {
        var attributes = EventAttributes(event: .software(.dummy))
        attributes.sampleFields = [.userRegisters]
        attributes.userRegisters = mask
        let values = (0..<64).filter { mask >> UInt64($0) & 1 == 1 }.map { UInt64($0) + 1000 }
        let words = [abi] + (abi == 0 ? [] : values)
        let header = 9 | UInt64(8 + 8 * words.count) << 48  // PERF_RECORD_SAMPLE
        guard case .sample(let sample) = try RecordDecoder(attributes).decode(([header] + words).span.bytes) else {
            return nil
        }
        return UserRegisters(sample)
    }
}
