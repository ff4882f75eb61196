import Testing

@Suite("judge-trials, the developers' tool")
struct JudgeTrialsTests {
    private let tool = Program(path: Program.builtPath("judge-trials"))

    @Test("power: formula and diagnoses agree, every line says that it is simulated, and the duration that it is not")
    func power() throws {
        let folder = try TemporaryFolder()
        let figures = "\(folder.path)/power.json"
        let outcome = try tool.run(["power", "--effort", "quick", "--trials", "3", "--skid", "10", "--json", figures])
        #expect(outcome.termination == .exited(0) && outcome.errors.isEmpty, "\(outcome.errors)")
        let text = outcome.output.split(separator: "\n")
        #expect(text.first?.hasPrefix("SIMULATED · quick plan of ") == true)
        #expect(text.last == "SIMULATED · formula and diagnoses agree")
        #expect(text.contains { $0.hasPrefix("takes ") && $0.contains("measured; not simulated") })
        let titles = text.count { $0.hasPrefix("  SIMULATED: ") }
        let rows = lines(ofFile: figures).count { $0.contains("\"rarest\" : ") }
        #expect(titles == rows && rows > 1)
    }

    @Test("matrix: a planted fault is named")
    func matrix() throws {
        let arguments = ["matrix", "--only", "skylake-4.20", "--seeds", "2", "--healthy", "0"]
        let outcome = try tool.run(arguments)
        #expect(outcome.termination == .exited(0), "\(outcome.errors)")
        #expect(outcome.output.hasPrefix("# Confusion matrix (SIMULATED)"))
        #expect(outcome.output.contains("| skylake-4.20 | freeze-on-pmi | quick | 2 | 100.00 % |"))
    }

    @Test("A mistake is one", arguments: [["--skid", "x"], ["--trials", "0"], ["--effort", "lazy"]])
    func mistakes(arguments: [String]) throws {
        #expect(try tool.run(["power"] + arguments).termination == .exited(64))
    }
}
