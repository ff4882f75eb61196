import Diagnosis

/// The frame of every page: one file that asks the network for nothing.
enum HTMLPage {
    /// Sections that come one after the other.
    static func render(title: String, body: [HTML]) -> String {
        let page: HTML = """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="\(policy)">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <meta name="referrer" content="no-referrer">
            <title>\(title)</title>
            <style>
            \(HTML.trusted(PackageResources.page_css))</style>
            </head>
            <body>
            <main>
            \(body)</main>
            </body>
            </html>

            """
        return page.source
    }

    /// Nothing is loaded, sent or embedded, whatever a report might hold; the page's scripts are named by their hashes.
    private static let policy =
        "default-src 'none'; style-src 'unsafe-inline'; script-src '\(SavedJSON.scriptHash)' "
        + "'\(FleetHTML.scriptHash)'; base-uri 'none'; form-action 'none'"

    static func section(_ title: String, _ content: [HTML]) -> HTML {
        content.isEmpty ? "" : "<section>\n<h2>\(title)</h2>\n\(content)</section>\n"
    }

    static func list(_ items: [String]) -> HTML {
        items.isEmpty ? "" : "<ul>\n\(items.map { "<li>\($0)</li>\n" as HTML })</ul>\n"
    }

    static func paragraph(_ text: String) -> HTML { "<p>\(text)</p>\n" }

    /// A column of a table.
    struct Column {
        var title: String
        var isNumber = false
    }

    /// A table that scrolls by itself where it is wider than the screen; it takes the focus so that keys scroll it,
    /// too.
    ///
    /// - Parameter rows: Cells as they came from outside, and whether the row is one to look at.
    static func table(_ name: String, _ columns: [Column], _ rows: [(cells: [String], isMarked: Bool)]) -> HTML {
        let heading: [HTML] = columns.map {
            "<th scope=\"col\"\(numberClass($0))>\($0.title)</th>"
        }
        let body: [HTML] = rows.map { row in
            let cells: [HTML] = zip(columns, row.cells).map { "<td\(numberClass($0))>\($1)</td>" }
            let mark: HTML = row.isMarked ? " class=\"marked\"" : ""
            return "<tr\(mark)>\(cells)</tr>\n"
        }
        return """
            <div class="wide" role="region" aria-label="\(name)" tabindex="0">
            <table>
            <thead><tr>\(heading)</tr></thead>
            <tbody>
            \(body)</tbody>
            </table>
            </div>

            """
    }

    private static func numberClass(_ column: Column) -> HTML { column.isNumber ? " class=\"number\"" : "" }
}

/// A piece of HTML. What is interpolated into its literals is escaped unless it is itself HTML, so a text that came
/// from a machine, a file or a command line cannot become markup anywhere, neither between tags nor in a quoted
/// attribute.
struct HTML: ExpressibleByStringInterpolation, Sendable, Hashable {
    private(set) var source: String

    init(stringLiteral value: String) { source = value }
    init(stringInterpolation: Interpolation) { source = stringInterpolation.source }

    private init(source: String) { self.source = source }

    struct Interpolation: StringInterpolationProtocol {
        fileprivate(set) var source = ""

        init(literalCapacity: Int, interpolationCount: Int) { source.reserveCapacity(literalCapacity * 2) }

        mutating func appendLiteral(_ literal: String) { source += literal }
        mutating func appendInterpolation(_ html: HTML) { source += html.source }
        mutating func appendInterpolation(_ pieces: [HTML]) { for piece in pieces { source += piece.source } }
        mutating func appendInterpolation(_ text: String) { source += markupEscaped(text) }
        mutating func appendInterpolation(_ number: Int) { source += String(number) }
    }

    /// JSON as the content of a script element. The only thing that ends such an element, or hides its end, begins with
    /// "<" (WHATWG HTML 4.12.1.3), and in JSON that character stands in strings alone, where it has an escape: what is
    /// read back is the same value.
    static func scriptData(json: String) -> HTML {
        HTML(source: json.split(separator: "<", omittingEmptySubsequences: false).joined(separator: #"\u003c"#))
    }

    /// Text of this package's own, as it is: the style sheet.
    static func trusted(_ bytes: [UInt8]) -> HTML { HTML(source: String(decoding: bytes, as: UTF8.self)) }
}

/// The JSON that a page was made of, inside the page, and the button that saves it.
enum SavedJSON {
    /// SHA-256 of `script`, as a content security policy names it. A browser that finds another one runs nothing, and
    /// the test in a browser then sees no saved file.
    static let scriptHash = "sha256-2FkBm1cxsrNgVlm9LA5DCjBhNjtoJYTFlFDxv2nn4yk="

    /// The text is saved as it stands: parsing it would lose digits beyond 2^53.
    static let script: HTML =
        #"""
        document.getElementById("save").addEventListener("click", function () {
          var text = document.getElementById("json").textContent.trim() + "\n";
          var link = document.createElement("a");
          link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
          link.download = this.dataset.name;
          link.click();
        });
        """#

    /// - Parameter holds: What the JSON is, in a sentence.
    static func section(
        _ value: some Encodable, title: String, fileName: String,
        holds: String = "This page holds the JSON that it was made of."
    ) throws -> HTML {
        let json = try ReportJSON.compact(value)
        let size = Figures.grouped(UInt64((json.utf8.count + 1023) / 1024))
        return """
            <section class="save">
            <h2>\(title)</h2>
            <p>\(holds)
            <button type="button" id="save" data-name="\(fileName)">Save the JSON (\(size) KiB)</button></p>
            <script type="application/json" id="json">
            \(HTML.scriptData(json: json))
            </script>
            <script>\(script)</script>
            </section>

            """
    }
}
