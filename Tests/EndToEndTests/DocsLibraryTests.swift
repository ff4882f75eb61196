import Diagnosis
import Measurement
import PerfEvents
import Simulation
import Testing
import Workloads

@Suite("The code in docs/library.md")
struct DocsLibraryTests {
    private static let source: String =
        (try? DocumentedCommand.text(ofPage: "Tests/EndToEndTests/DocsLibraryTests.swift")) ?? ""

    @Test("is code that these tests compile and run", arguments: ["count", "diagnose", "kernel"])
    func same(name: String) throws {
        let page = try DocumentedCommand.text(ofPage: "docs/library.md")
        let begin = try #require(page.firstRange(of: "<!-- test: \(name) -->\n```swift\n")).upperBound
        let snippet = try page[begin..<#require(page[begin...].firstRange(of: "```")).lowerBound]
        let indented = snippet.split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0.isEmpty ? "" : "        \($0)" }.joined(separator: "\n")
        #expect(Self.source.contains(indented), "\(snippet)")
    }

    @Test("counts")
    func count() throws {
        let counter = try Counter(EventAttributes(event: .software(.pageFaults)))
        try counter.enable()
        let pages = [UInt8](repeating: 1, count: 1 << 20)
        try counter.disable()
        let faults = try counter.readExact()
        #expect(pages.count == 1 << 20 && faults <= 1 << 20)
    }

    @Test("diagnoses")
    func diagnosis() throws {
        let pmu = try SimulatedPMU(parsing: "skylake-4.20")
        var bench = SimulatedBench(pmu, seed: 1)
        let result = diagnose(DiagnosisRequest(effort: .quick, cpu: 0), on: &bench)
        let faults = result.findings.map(\.fault.rawValue)
        #expect(faults == ["freeze-on-pmi"])
    }

    @Test("makes runs on this machine")
    func kernel() throws {
        let cpu = try #require(allowedCPUs().first)
        var bench = try KernelBench(CountedEvents(.breakpoint), cpu: cpu)
        for workload in Workload.all {
            let plan = RunPlan(probe: "mine", workload: workload, iterations: 50, arm: .countingAlone, cpu: cpu)
            let record = try bench.run(plan)
            print(record.workload, record.expected, record.counted)
        }
    }
}
