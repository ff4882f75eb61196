import Testing

@testable import Workloads

@Suite("The assembly assembles, for machines that are not this one, too")
struct AssemblyTests {
    static let clang = Tool("clang")
    static let disassembler = Tool("llvm-objdump")

    @Test("Each workload has a file for each architecture")
    func completeness() throws {
        let x86 = try PackageSources.assemblyFiles("x86_64").map(fileName)
        let arm = try PackageSources.assemblyFiles("aarch64").map(fileName)
        #expect(x86 == arm)
        #expect(x86 == Workload.all.map { symbol($0) }.map { "\($0).S" }.sorted())
    }

    @Test(
        "Every aarch64 file assembles without a header of that system, into the words that its mnemonics mean",
        .enabled(if: clang != nil, "clang is not on the search path"))
    func aarch64() throws {
        let folder = try ScratchFolder()
        let ownCalls = Dictionary(
            uniqueKeysWithValues: Workload.all.map { ("cperf_" + symbol($0), $0.triggers(iterations: 1).systemCalls) })
        for file in try PackageSources.assemblyFiles("aarch64") {
            let object = "\(folder.path)/object.o"
            let assembled = try #require(Self.clang).run([
                "--target=aarch64-linux-gnu", "-nostdinc", "-Werror", "-c", file, "-o", object,
            ])
            #expect(assembled.status == 0, "\(assembled.output)")
            guard let disassembler = Self.disassembler else { continue }
            let listing = try disassembler.run(["-d", object])
            let routine = "cperf_" + fileName(file).dropLast(2)
            #expect(listing.output.contains("<\(routine)>:"))
            #expect(!listing.output.contains("unknown"))
            // Four ioctls, and what the workload calls itself.
            let calls = listing.output.split(separator: "\n").count { $0.contains("\tsvc\t#0") }
            #expect(UInt64(calls) == 4 + (try #require(ownCalls[String(routine)])), "\(routine)")
        }
    }

    @Test("Sites lie in their routine, on the instructions that they should be", arguments: Workload.all.map(\.name))
    func sites(name: String) throws {
        let workload = try #require(Workload.named(name))
        let child = try TracedChild(workload: workload, iterations: 1)
        let site = InstructionClass(try child.readInstruction(at: UInt64(workload.site)))
        guard case .conditional = site else {
            Issue.record("the instruction at the site is \(site)")
            return
        }
        #expect(InstructionClass(try child.readInstruction(at: UInt64(workload.secondSite))) == .other)
        let routine = workload.routineAddress..<workload.routineAddress + UInt(workload.routineLength)
        #expect(routine.contains(workload.site) && routine.contains(workload.secondSite))
        #expect(workload.site != workload.secondSite)
    }

    private func fileName(_ path: String) -> String {
        String(path.split(separator: "/").last ?? "")
    }

    private func symbol(_ workload: Workload) -> String {
        String(workload.name.map { $0 == "-" ? "_" : $0 })
    }
}
