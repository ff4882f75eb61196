import Foundation
import Reporting
import Testing

@Suite("A fleet of 100,000 summaries")
struct FleetSQLTests {
    private static let count = 100_000
    private static let script = RecipeFolder.path("fleet-sql", "fleet-sql")

    /// Java lies where a distribution puts it, and Spark starts it.
    private static let hasJava = FileManager.default.isExecutableFile(atPath: "/usr/bin/java")

    /// One JVM on loopback, for a file that fits into memory many times: a cluster's settings only take time here.
    private static let spark = [
        "SPARK_LOCAL_IP": "127.0.0.1",
        "PYSPARK_SUBMIT_ARGS": "--driver-java-options -XX:TieredStopAtLevel=1 --conf spark.ui.enabled=false"
            + " --conf spark.ui.showConsoleProgress=false --conf spark.sql.shuffle.partitions=2 pyspark-shell",
    ]

    /// What is printed by one of the scripts that these tests share with the benchmark, or by the recipe's.
    private static func python(
        _ script: String, _ arguments: [String], output: StandardOutput = .captured, environment: [String: String] = [:]
    ) throws -> String {
        let path = script.hasPrefix("/") ? script : "\(SampleReports.root)/Tests/EndToEndTests/Parsers/\(script)"
        // Made here and not in a condition of the suite, for which all other tests would wait.
        guard let engines = ParserEnvironment.engines else {
            #if compiler(>=6.3)
                try Test.cancel(Comment(rawValue: ParserEnvironment.reason))
            #else
                throw CancellationError()
            #endif
        }
        let outcome = try Program(path: engines)
            .run(["-B", path] + arguments, output: output, environment: environment, limit: 300)
        #expect(outcome.termination == .exited(0), "\(script): \(outcome.errors.suffix(3000))")
        return outcome.output
    }

    /// The summaries of the lab's reports.
    private static func lab() throws -> String {
        let lab = "\(SampleReports.root)/results/lab"
        let made = try Program.truecount.run(["compare", "--fleet", lab, "--format", "summary"])
        #expect(made.termination == .exited(0), "\(made.errors)")
        return made.output
    }

    /// A folder with `fleet.jsonl`, made of the lab's reports, and what DuckDB says of it.
    private static func fleet() throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        try folder.add("lab.jsonl", lab())
        try folder.add("fleet.jsonl", "")
        _ = try python(
            "make_fleet.py", ["\(count)", "11", "\(folder.path)/lab.jsonl"], output: .path("\(folder.path)/fleet.jsonl")
        )
        try folder.add("duckdb.csv", python(script, ["\(folder.path)/fleet.jsonl"]))
        return folder
    }

    @Test("DuckDB and compare --fleet count the same reports, verdicts and faults in every group")
    func duckdb() throws {
        let folder = try Self.fleet()
        let page = try Program.truecount.run(
            [
                "compare", "--fleet", "\(folder.path)/fleet.jsonl", "--format", "json", "--output",
                "\(folder.path)/page",
            ],
            limit: 300)
        #expect(page.termination == .exited(0) && page.errors.isEmpty, "\(page.errors)")
        let agreed = try Self.python("fleet_agrees.py", ["\(folder.path)/duckdb.csv", "\(folder.path)/page"])
        // 40 kernels, and the CPUs of the kept reports, with a hypervisor and without, and two sources.
        #expect(agreed.contains(#/^1[0-9]{3} groups, [0-9]{4} faults: the same\n/#), "\(agreed)")
    }

    @Test(
        "Spark gives DuckDB's table, to the byte, of the same SQL",
        .enabled(if: hasJava, "needs Java (Debian: default-jre-headless)"))
    func spark() throws {
        let folder = try Self.fleet()
        let table = try Self.python(
            Self.script, ["--engine", "spark", "\(folder.path)/fleet.jsonl"], environment: Self.spark)
        #expect(table.split(separator: "\n").count > 600)
        #expect(try table == folder.text("duckdb.csv"))
    }

    @Test("A line that is no summary is left out, and another question of one's own is asked of the same tables")
    func damaged() throws {
        let folder = try TemporaryFolder()
        let lab = try Self.lab()
        try folder.add("fleet.jsonl", lab + "no JSON\n{\"summaryVersion\":1,\"verd\n[1]\n{\"other\":1}\n")
        try folder.add("mine.sql", "SELECT count(*) AS n, sum(pmis) AS pmis FROM summaries WHERE pmis IS NOT NULL")
        let answer = try Self.python(Self.script, ["--sql", "\(folder.path)/mine.sql", "\(folder.path)/fleet.jsonl"])
        #expect(answer.hasPrefix("n,pmis\n\(lab.split(separator: "\n").count),"), "\(answer)")
    }
}
