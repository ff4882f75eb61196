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

    /// Nothing is loaded, sent or embedded, whatever a report might hold; the page's one script is named by its hash.
    private static let policy =
        "default-src 'none'; style-src 'unsafe-inline'; script-src '\(SavedJSON.scriptHash)'; base-uri 'none'; "
        + "form-action 'none'"

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
