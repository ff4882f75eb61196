import Measurement
import Testing

@testable import Diagnosis
@testable import Reporting

@Suite("The text of a report")
struct TextReportTests {
    @Test("Each unit of a fault has words of its own, and a later version's is shown by its name")
    func units() {
        let words = FaultUnit.allCases.map { Direction.lost.words(from: 1, to: 2, per: $0) }
        #expect(Set(words).count == FaultUnit.allCases.count)
        for (unit, text) in zip(FaultUnit.allCases, words) where unit.rawValue.contains("-") {
            #expect(!text.contains(unit.rawValue))
        }
        #expect(
            Direction.gained.words(from: 3, to: 3, per: FaultUnit(rawValue: "gamma-ray"))
                == "3 branches gained per gamma-ray")
    }

    @Test("An accurate machine gets a line for each arm and the control, and its verdict at the end")
    func accurate() {
        #expect(
            TextReport().render(Fixtures.report(Fixtures.accurate)) == """
                Linux 5.10.0-46-amd64 · Intel 06-5e-03 (Skylake) · guest of QEMU · microcode 0x1
                counting BR_INST_RETIRED:CONDITIONAL (r01c4) on CPU 0

                                            runs    PMIs
                  uninterrupted runs exact    96          yes
                  interrupted runs exact      96  48,210  yes (1 disturbed run not used)
                  planted loss found          12   2,400  yes, 7 of 7

                ACCURATE · every count was exact
                  a loss above 1 branch in 16,000 PMIs is excluded with 95 % confidence

                """)
    }

    @Test("A fault comes first, marked, with its name, its size, its mechanism and the next step")
    func faulty() {
        #expect(
            TextReport().render(Fixtures.report(Fixtures.faulty)) == """
                Linux 5.10.0-46-amd64 · Intel 06-5e-03 (Skylake) · guest of QEMU · microcode 0x1
                counting BR_INST_RETIRED:CONDITIONAL (r01c4) on CPU 0

                                            runs    PMIs
                ! interrupted runs exact      96  48,210  no: low by 10 per PMI
                ! bystander counter           48  24,105  loses the same
                  uninterrupted runs exact    96          yes

                FAULTY · freeze-on-pmi: 10 branches lost at each PMI, on every counter of this CPU
                  Counters stop at the overflow; the interrupt comes 10 branches later; nobody counts those.
                  This kernel was booted with perf_v4_pmi=1. Boot without it.
                  More: truecount explain freeze-on-pmi

                """)
    }

    @Test("What was seen once is no verdict, and an interrupted diagnosis says so")
    func inconclusive() {
        #expect(
            TextReport().render(Fixtures.report(Fixtures.inconclusive)) == """
                Linux 5.10.0-46-amd64 · Intel 06-5e-03 (Skylake) · guest of QEMU · microcode 0x1
                counting BR_INST_RETIRED:CONDITIONAL (r01c4) on CPU 0
                INTERRUPTED · stopped early; this is what was known by then

                                      runs  PMIs
                ? planted loss found     1     1  6 of 7
                  note: tight-loop was throttled at period 97 and is repeated at 388

                INCONCLUSIVE · the planted loss was not found
                  3 runs were throttled
                seen once and not again · pmi-surplus: 1 to 3 branches (median 2) gained in 1 of 12 runs
                  Branches were counted twice.
                  Run it again with --thorough.
                  not measured: smi-surplus: no uninterrupted run was made (truecount diagnose --probe uninterrupted-exactness)
                  More: truecount explain pmi-surplus

                """)
    }

    @Test("Without a PMU the heading says that a breakpoint counted")
    func unsupported() {
        #expect(
            TextReport().render(Fixtures.report(Fixtures.unsupported)) == """
                Linux 5.10.0-46-amd64 · Intel 06-5e-03 (Skylake) · guest of QEMU · microcode 0x1
                counting breakpoint at tight-loop+0x20 on CPU 0
                BREAKPOINT COUNTER · there is no core PMU: this checks the kernel's perf core; whether PMIs lose branches cannot be tested here

                                            runs  PMIs
                  uninterrupted runs exact    30        yes
                  not measured (not asked for): number of PMIs

                UNSUPPORTED · this machine shows Linux no core PMU, so nothing is known of PMIs
                  run it on bare metal

                """)
    }

    @Test("Probes that were not asked share a line for each reason, and each keeps its own time")
    func notAsked() {
        var result = Fixtures.accurate
        result.probes += [
            ("skid", "no core PMU"), ("large counts", "too long for this effort (9 s)"), ("SMIs", "no core PMU"),
            ("free counters", "too long for this effort (0.1 s)"),
        ].map { title, reason in
            ProbeResult(id: title, question: "?", title: title, outcome: .skipped, answer: "not measured: \(reason)")
        }
        let lines = TextReport().render(Fixtures.report(result)).split(separator: "\n")
        #expect(lines.contains("  not measured (no core PMU): skid, SMIs"))
        #expect(lines.contains("  not measured (too long for this effort): large counts (9 s), free counters (0.1 s)"))
        #expect(lines.count { $0.contains("not measured") } == 2)
    }

    @Test("A simulated PMU is labelled in the heading and in the verdict, and nothing of the machine is shown")
    func simulated() {
        #expect(
            TextReport().render(Fixtures.report(Fixtures.simulated, model: Fixtures.model)) == """
                SIMULATED · skylake-4.20 · a software model of a PMU, not this machine
                counting SIMULATED RCB on CPU 0

                                            runs    PMIs
                ! interrupted runs exact      96  48,210  no: low by 10 per PMI
                ! bystander counter           48  24,105  loses the same
                  uninterrupted runs exact    96          yes

                SIMULATED FAULTY · freeze-on-pmi: 10 branches lost at each PMI, on every counter of this CPU
                  Counters stop at the overflow; the interrupt comes 10 branches later; nobody counts those.
                  This kernel was booted with perf_v4_pmi=1. Boot without it.
                  More: truecount explain freeze-on-pmi

                """)
    }

    @Test("No line is wider than the terminal, down to forty columns", arguments: [40, 50, 60, 72, 80, 100, 132])
    func fitsTerminal(width: Int) {
        for result in [Fixtures.accurate, Fixtures.faulty, Fixtures.inconclusive, Fixtures.unsupported] {
            let text = TextReport(style: TextStyle(width: width)).render(Fixtures.report(result))
            for line in text.split(separator: "\n") { #expect(line.count <= width, "\(line)") }
        }
    }

    @Test("Narrow or wide, the same words are said in the same order")
    func wrappingLosesNothing() {
        for result in [Fixtures.accurate, Fixtures.faulty, Fixtures.inconclusive, Fixtures.unsupported] {
            let report = Fixtures.report(result)
            // Beside its figures a narrow row says what they are, and a wide one has a heading for it.
            func words(_ width: Int?) -> [Substring] {
                TextReport(style: TextStyle(width: width)).render(report).split(whereSeparator: \.isWhitespace)
                    .map { $0.last == "," ? $0.dropLast() : $0 }.filter {
                        !["runs", "run", "PMIs", "PMI"].contains($0)
                    }
            }
            for width in [40, 57, 80] { #expect(words(width) == words(nil)) }
        }
    }

    @Test("Colour only adds escape sequences, and plain text has none")
    func colour() {
        for result in [Fixtures.accurate, Fixtures.faulty, Fixtures.inconclusive, Fixtures.unsupported] {
            let report = Fixtures.report(result)
            let plain = TextReport().render(report)
            let coloured = TextReport(style: TextStyle(usesColour: true)).render(report)
            #expect(!plain.contains("\u{1B}"))
            #expect(coloured.contains("\u{1B}["))
            #expect(coloured.replacing(#/\u{1B}\[[0-9;]*m/#, with: "") == plain)
        }
    }

    @Test("No control character of a machine's or an event's name reaches the terminal")
    func controlCharacters() {
        var result = Fixtures.faulty
        result.reasons = ["a\u{7}b"]
        result.findings[0].advice = "\u{1B}]0;title\u{7}\nsecond line"
        result.findings[0].mechanism = "\u{9B}2J"
        result.probes[0].title = "x\u{1B}[2K\r"
        result.probes[0].answer = "\u{202E}sey"
        result.runs[0].event = "event\u{8}\u{1B}c"
        var machine = Fixtures.skylake
        machine.processor.identity = "CPU\u{1B}[31m\u{85}"
        machine.hypervisor?.name = "evil\nFAULTY"
        let text = TextReport(style: TextStyle(width: 80)).render(Fixtures.report(result, on: machine))
        for scalar in text.unicodeScalars where scalar != "\n" {
            #expect(scalar.value >= 0x20 && !(0x7F...0x9F).contains(scalar.value) && scalar.value != 0x202E)
        }
        #expect(!text.contains("\nFAULTY ·") || text.components(startingLine: "FAULTY") == 1)
    }

    private static func finding(
        _ fault: Fault, _ direction: Direction, _ size: FaultSize, per unit: FaultUnit,
        _ frequency: Frequency = Frequency(12, of: 12, per: .pmi)
    ) -> Finding {
        var finding = Fixtures.freeze
        (finding.fault, finding.direction, finding.size, finding.per) = (fault, direction, size, unit)
        finding.frequency = frequency
        return finding
    }

    private static let headlines: [(Finding, String)] = [
        (
            finding(.pmiDrop, .lost, FaultSize(min: 1, median: 1, max: 1, mean: 1), per: .pmi),
            "pmi-drop: 1 branch lost at each PMI, on the sampled counter only"
        ),
        (
            finding(.freezeOnPMI, .lost, FaultSize(min: 9, median: 10, max: 10, mean: 9.9), per: .pmi),
            "freeze-on-pmi: 9 to 10 branches (median 10) lost at each PMI, on every counter of this CPU"
        ),
        (
            finding(.pmiSurplus, .gained, FaultSize(min: 1_200, median: 1_200, max: 1_200, mean: 1_200), per: .pmi),
            "pmi-surplus: 1,200 branches gained at each PMI"
        ),
        (
            finding(
                .latePMI, .late, FaultSize(min: 5, median: 22, max: 39, mean: 22), per: .pmi,
                Frequency(10, of: 1_000, per: .pmi)),
            "late-pmi: 5 to 39 branches (median 22) late at 1 % of PMIs (0.54 to 1.8 %)"
        ),
        (
            finding(
                .lostPMI, .missing, FaultSize(min: 2, median: 2, max: 2, mean: 2), per: .run,
                Frequency(12, of: 12, per: .run)),
            "lost-pmi: 2 PMIs missing in each run"
        ),
        (
            finding(
                .duplicatePMI, .twice, FaultSize(min: 3, median: 3, max: 3, mean: 3), per: .run,
                Frequency(5, of: 12, per: .run)),
            "duplicate-pmi: 3 PMIs taken twice in 5 of 12 runs"
        ),
        (
            finding(
                .lockSurplus, .gained, FaultSize(min: 0, median: 0, max: 1, mean: 0.1875), per: .lockedInstruction,
                Frequency(12, of: 12, per: .run)),
            "lock-surplus: 0.19 branches gained for each locked instruction"
        ),
        (
            finding(
                .lockSurplus, .gained, FaultSize(min: 0, median: 0, max: 1, mean: 0.004), per: .lockedInstruction,
                Frequency(12, of: 14, per: .run)),
            "lock-surplus: under 0.01 branches gained for each locked instruction, in 12 of 14 runs"
        ),
    ]

    @Test("A size reads as a sentence", arguments: headlines.indices)
    func sizes(index: Int) {
        let (finding, headline) = Self.headlines[index]
        var result = Fixtures.faulty
        result.findings = [finding]
        let text = TextReport().render(Fixtures.report(result))
        #expect(text.contains("FAULTY · \(headline)\n"))
        // How late PMIs came is told as it is distributed.
        #expect(text.contains("deficit = 10 × PMIs") == (finding.direction == .late))
    }

    @Test("Notes of one kind are one line with their number, and a disturbed diagnosis says by what and what to do")
    func disturbed() throws {
        var result = Fixtures.accurate
        (result.verdict, result.reasons) = (.inconclusive, ["pmi-totals: not measured: all 12 runs were disturbed"])
        var run = try #require(Fixtures.run().first)
        run.disturbances = [.throttled]
        result.runs = Fixtures.run() + [RunRecord](repeating: run, count: 95)
        result.notes =
            (0..<95).map { "tight-loop was throttled at period \(97 + $0) and is repeated at \(4 * (97 + $0))" }
            + ["CPU 3 went offline"]
        let text = TextReport().render(Fixtures.report(result))
        let notes = text.split(separator: "\n").filter { $0.contains("note: ") }
        #expect(
            notes == [
                "  note: tight-loop was throttled at period 97 and is repeated at 388 (and 94 notes of this kind)",
                "  note: CPU 3 went offline",
            ])
        let end = text.split(separator: "\n").suffix(3)
        #expect(end.first == "  95 of 96 runs were disturbed: throttled 95")
        #expect(end.dropFirst().first?.hasPrefix("  throttled: the kernel stopped an event") == true)
        #expect(end.last?.contains("Choose a longer --period.") == true)
        #expect(end.last?.hasSuffix("More: truecount explain throttled") == true)
        let json = String(decoding: try ReportJSON.encode(Fixtures.report(result)), as: UTF8.self)
        #expect(json.split(separator: "was throttled at period").count == 96)
        let markdown = try #require(ReportFormat.named("markdown")).render(Fixtures.report(result))
        #expect(markdown.split(separator: "was throttled at period").count == 2)
    }

    @Test("A counter that is taken stands beside a fault without being called one")
    func starved() {
        var result = Fixtures.faulty
        var starved = result.findings[0]
        starved.fault = .starvedCounter
        result.findings.append(starved)
        let text = TextReport().render(Fixtures.report(result))
        #expect(text.contains("\nfinding · starved-counter") && !text.contains("FAULTY · starved-counter"))
    }
}

extension String {
    fileprivate func components(startingLine word: String) -> Int {
        split(separator: "\n").count { $0.hasPrefix(word) }
    }
}
