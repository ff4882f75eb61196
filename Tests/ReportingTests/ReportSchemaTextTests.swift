import Glibc
import Reporting
import Testing

@Suite("The schema that is built in")
struct ReportSchemaTextTests {
    @Test("is the published file, to the byte")
    func same() throws {
        let here = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")
        let file = try #require(fopen("\(here)/Sources/Reporting/Schema/report.schema.json", "r"))
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        let count = fread(&bytes, 1, bytes.count, file)
        #expect(count > 10_000)
        #expect(Array(bytes[..<count]) == ReportSchema.json)
    }
}
