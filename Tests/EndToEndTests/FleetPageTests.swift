import Glibc
import Testing

@Suite(
    "A fleet's page in a real browser",
    .enabled(
        if: access("/usr/bin/chromium", X_OK) == 0 && access("/usr/bin/chromedriver", X_OK) == 0,
        "needs chromium and chromedriver (Debian: chromium, chromium-driver)"),
    .enabled(if: ParserEnvironment.python != nil, Comment(rawValue: ParserEnvironment.reason)))
struct FleetPageTests {
    @Test("The table is sorted by its headings and filtered by words, on a phone and on a desk")
    func table() throws {
        let page = temporaryPath("fleet.html")
        defer { unlink(page) }
        let written = try Program.truecount.run(
            ["compare", "--fleet", "\(SampleReports.root)/results/lab", "--format", "html", "--output", page])
        #expect(written.termination == .exited(0) && written.errors.isEmpty, "\(written.errors)")
        let used = try ParserEnvironment.run("use_fleet_page", page)
        #expect(used.termination == .exited(0), "\(used.errors.suffix(3000))")
        // Numbers from the greatest, texts from the first, and the other way round.
        for width in [390, 1440] {
            #expect(used.output.contains("\(width) light reports descending "))
            #expect(used.output.contains("\(width) light reports ascending "))
            #expect(
                used.output.contains("\(width) light kernel ascending 5.10.0-46-cloud-amd64 7.2.13+deb14-cloud-arm64"))
            #expect(
                used.output.contains("\(width) light kernel descending 7.2.13+deb14-cloud-arm64 5.10.0-46-cloud-amd64"))
        }
    }
}
