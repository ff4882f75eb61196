import Glibc
import Measurement
import Reporting
import Testing
import Workloads

@Suite("A workload alone, for another counter to count")
struct WorkloadTests {
    @Test("Every workload runs, says nothing and exits with 0", arguments: Workload.all.map(\.name))
    func runs(name: String) throws {
        let outcome = try Program.truecount.run(["workload", name, "1000"])
        #expect(outcome.termination == .exited(0), "\(outcome.errors)")
        #expect(outcome.output.isEmpty && outcome.errors.isEmpty)
    }

    @Test("It runs as often as was asked, and the program does nothing of its own before it or behind it")
    func iterations() throws {
        let trace = temporaryPath("trace")
        defer { unlink(trace) }
        for count in [1, 3, 1000] {
            let outcome = try Program.truecount.launched(by: "strace", "-o", trace)
                .run(["workload", "system-calls", "\(count)"])
            #expect(outcome.termination == .exited(0), "\(outcome.errors)")
            let calls = lines(ofFile: trace).map { $0.prefix { $0 != "(" } }
            #expect(calls.count { $0 == "getppid" } == count)
            // The window's two calls are on no event; then the workload's own, then the end.
            let first = try #require(calls.firstIndex(of: "getppid"))
            #expect(calls[first - 1] == "ioctl" && calls[(first + count)...].starts(with: ["ioctl", "exit_group"]))
        }
    }

    @Test(
        "What cannot be run is said in one line, with what can",
        arguments: [
            (["tight-lop", "10"], "there is no workload 'tight-lop'; there are: tight-loop, alternating"),
            (["tight-loop", "0"], "the count 0 is not between 1 and 72057594037927936"),
            (["tight-loop", "72057594037927937"], "the count 72057594037927937 is not between 1 and"),
            (["tight-loop", "18446744073709551616"], "18446744073709551616"), (["tight-loop", "1e6"], "1e6"),
            (["tight-loop", "+5x"], "+5x"), (["tight-loop"], "count"), ([], "name"),
        ])
    func mistakes(arguments: [String], message: String) throws {
        let outcome = try Program.truecount.run(["workload"] + arguments)
        #expect(outcome.termination == .exited(64))
        #expect(outcome.errorLines.count == 1 && outcome.errors.contains(message), "\(outcome.errors)")
        #expect(outcome.output.isEmpty)
    }

    @Test("The commands of every report of the lab name a workload and a count that this program takes")
    func reported() throws {
        for report in try SampleReports.kept.map(SampleReports.read) where report.source == .hardware {
            for command in [ReportedCommands(report).perfStat, ReportedCommands(report).perfRecord] {
                let words = try #require(command).split(separator: " ").map(String.init)
                let place = try #require(words.firstIndex(of: "workload"))
                #expect(words.suffix(from: place).count == 3 && words[place - 1] == "truecount")
                #expect(words.contains("r1c4:u"))
                let outcome = try Program.truecount.run(Array(words.suffix(from: place)))
                #expect(outcome.termination == .exited(0) && outcome.errors.isEmpty, "\(outcome.errors)")
            }
        }
    }
}
