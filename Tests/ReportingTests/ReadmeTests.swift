import FoundationEssentials
import Testing

@testable import Diagnosis
@testable import Reporting

@Suite("What people read first")
struct ReadmeTests {
    private static let root = String(CommittedReports.folder.dropLast("/results".count))

    private static func text(_ path: String) -> String {
        String(decoding: CommittedReports.bytes("\(root)/\(path)"), as: UTF8.self)
    }

    @Test("The README has at most 120 lines")
    func length() {
        let lines = Self.text("README.md").split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count > 60 && lines.count <= 121, "\(lines.count)")
    }

    @Test("Its transcript is what a terminal of 80 columns shows of the kept report, less the plots")
    func transcript() throws {
        let report = try ReportFile.read("\(CommittedReports.folder)/lab/5.10.262-v4pmi-on-skid10.json")
        let style = TextStyle(width: 80)
        let plots = TextPlots(style: style).lines(report).joined(separator: "\n") + "\n"
        #expect(plots.contains(" | "))
        let shown = TextReport(style: style).render(report).replacing(plots, with: "")
        #expect(Self.text("README.md").contains("```\n$ truecount diagnose\n\(shown)```\n"))
    }

    @Test("Sentences that readers stumbled over are in no source and on no page")
    func phrases() throws {
        let gone = [
            "tells it from its neighbours", "in whose words to end", "for who has only", "gone is the fault",
            "a mistake in truecount", "takes this CPU for", "not to be had", "does not hang on",
            "What the baseline has is no reason to fail", "MISLED",
        ]
        let paths = try ["Sources", "docs", "recipes"].flatMap { folder in
            try FileManager.default.subpathsOfDirectory(atPath: "\(Self.root)/\(folder)").map { "\(folder)/\($0)" }
        }
        #expect(paths.count > 200)
        for path in paths + ["README.md"] {
            // Sentences go on from line to line.
            let text = Self.text(path)
                .split(whereSeparator: \.isWhitespace).joined(separator: " ").replacing("\" + \"", with: "")
                .replacing("\\ ", with: "")
            for phrase in gone { #expect(!text.contains(phrase), "\(path): \(phrase)") }
        }
    }
}
