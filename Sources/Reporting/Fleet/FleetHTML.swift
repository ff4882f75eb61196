import Diagnosis
import FoundationEssentials

/// A fleet as one page: how many say what, then a table with a row for each kernel on each CPU, the worst first, which a
/// script of its own sorts and filters.
public enum FleetHTML {
    /// - Throws: `EncodingError`.
    public static func render(_ fleet: Fleet) throws -> String {
        HTMLPage.render(
            title: "truecount · \(fleet.summary)",
            body: [
                header(fleet),
                HTMLPage.section("By kernel, CPU and hypervisor", fleet.groups.isEmpty ? [] : [table(fleet.groups)]),
                HTMLPage.section("Not read", unreadable(fleet)),
                try SavedJSON.section(
                    fleet, title: "The same as JSON", fileName: "truecount-fleet.json",
                    holds: "This page's table as JSON, with every group."),
                "<footer>\(fleet.tool.name) \(fleet.tool.version)</footer>\n",
            ])
    }

    private static func unreadable(_ fleet: Fleet) -> [HTML] {
        fleet.unreadable.isEmpty ? [] : [HTMLPage.list(fleet.unreadable(atMost: 200))]
    }

    private static func header(_ fleet: Fleet) -> HTML {
        let worst = fleet.groups.first(where: \.isOfMachine)?.worst ?? .unsupported
        let counts: [HTML] = Verdict.worstFirst.compactMap { verdict in
            guard let count = fleet.verdicts[verdict.rawValue] else { return nil }
            return "<div><dt>\(verdict.rawValue)</dt><dd>\(Figures.grouped(UInt64(count)))</dd></div>\n"
        }
        let damage: HTML = fleet.damage.map { "<p class=\"caution\">\($0); they are listed below.</p>\n" } ?? ""
        return """
            <header class="\(worst.rawValue)">
            <h1><span class="word">\(Figures.counted(UInt64(fleet.reports), "report"))</span> \(headline(fleet))</h1>
            <p>\(fleet.summary)\(days(fleet))</p>
            \(damage)\(bar(fleet.verdicts))<dl class="figures">
            \(counts)</dl>
            </header>

            """
    }

    private static func headline(_ fleet: Fleet) -> String {
        let real = fleet.groups.filter(\.isOfMachine)
        guard !real.isEmpty else { return "No report of a machine" }
        let faulty = real.count { $0.worst == .faulty }
        let groups = Figures.counted(UInt64(real.count), "group")
        return faulty == 0
            ? "No fault in any of \(groups)" : "Faults in \(Figures.grouped(UInt64(faulty))) of \(groups)"
    }

    /// "; made 2026-11-01 to 2026-11-23 (UTC)".
    private static func days(_ fleet: Fleet) -> String {
        guard let first = fleet.groups.map(\.first).min(), let last = fleet.groups.map(\.last).max() else { return "" }
        let days = [day(first), day(last)]
        return "; made \(days[0] == days[1] ? days[0] : days.joined(separator: " to ")) (UTC)"
    }

    private static func day(_ date: Date) -> String { String(date.formatted(.iso8601).prefix(10)) }

    /// Shares of the verdicts; the words beside it say the same.
    private static func bar(_ verdicts: [String: Int]) -> HTML {
        let parts: [HTML] = Verdict.worstFirst.compactMap { verdict in
            verdicts[verdict.rawValue].map { "<i class=\"\(verdict.rawValue)\" style=\"flex:\($0)\"></i>" }
        }
        return "<div class=\"counts\" aria-hidden=\"true\">\(parts)</div>\n"
    }
}

// MARK: The table

extension FleetHTML {
    /// A column: its heading, of which a button is made, and what is sorted by and shown of a group.
    private struct Column: Sendable {
        var title: String
        /// By which the column is sorted; its text where it is nil.
        var key: (@Sendable (FleetGroup) -> Int)?
        var cell: @Sendable (FleetGroup) -> HTML
    }

    private static let columns = [
        Column(title: "worst verdict", key: { $0.worst.rank + ($0.isOfMachine ? 0 : 10) }) { group in
            "<span class=\"badge \(group.worst.rawValue)\">\(group.word)</span>"
        },
        Column(title: "kernel") { "\($0.kernel)" },
        Column(title: "CPU") { "\($0.processor)" },
        Column(title: "runs on") { "\($0.place)" },
        Column(title: "reports", key: { $0.reports }) { "\(Figures.grouped(UInt64($0.reports)))" },
        Column(title: "faulty reports", key: { $0.count(.faulty) }) { group in
            "\(Figures.grouped(UInt64(group.count(.faulty))))"
        },
        Column(title: "what was found", key: { Int(clamping: $0.faults.map(\.greatest).max() ?? 0) }) {
            group in
            let divided = group.isDivided ? ["the same kernel and CPU gave accurate reports, too"] : []
            return HTMLPage.list(FleetText.shown(group) + divided)
        },
        Column(title: "last report, UTC", key: { Int($0.last.timeIntervalSince1970) }) { "\(day($0.last))" },
        Column(title: "machines, up to 3") { group in
            group.worst == .accurate ? "" : HTMLPage.list(group.machines)
        },
    ]

    private static func table(_ groups: [FleetGroup]) -> HTML {
        let headings: [HTML] = columns.map { column in
            "<th scope=\"col\"><button type=\"button\">\(column.title)</button></th>"
        }
        let rows: [HTML] = groups.map { group in
            let cells: [HTML] = columns.enumerated().map { index, column in
                let tag: HTML = index == 1 ? "th scope=\"row\"" : "td"
                let key: HTML = column.key.map { " data-key=\"\($0(group))\"" } ?? ""
                let end: HTML = index == 1 ? "th" : "td"
                return "<\(tag)\(key) data-title=\"\(column.title)\">\(column.cell(group))</\(end)>"
            }
            return "<tr>\(cells)</tr>\n"
        }
        return """
            <p class="find"><label for="filter">Show rows with all of these words</label>
            <input type="search" id="filter" placeholder="faulty 6.12 skylake">
            <output id="shown" for="filter">\(Figures.counted(UInt64(groups.count), "group"))</output></p>
            <div class="wide" role="region" aria-label="Groups" tabindex="0">
            <table id="fleet">
            <thead><tr>\(headings)</tr></thead>
            <tbody>
            \(rows)</tbody>
            </table>
            </div>
            <script>\(script)</script>

            """
    }

    /// SHA-256 of `script`; see `SavedJSON.scriptHash`.
    static let scriptHash = "sha256-tieWtE5Fck6xpCrNLwN/CJzkCbx3jiaKNuY0P9GTASI="

    /// Shows the rows that hold each word of the field, and sorts by the column whose heading is pressed: numbers from
    /// the greatest, texts from A, and the other way round when it is pressed again.
    static let script: HTML =
        #"""
        (function () {
          var table = document.getElementById("fleet"), body = table.tBodies[0], rows = Array.from(body.rows);
          var headings = Array.from(table.tHead.rows[0].cells);
          var filter = document.getElementById("filter"), shown = document.getElementById("shown");
          filter.addEventListener("input", function () {
            var words = filter.value.toLowerCase().split(/\s+/), count = 0;
            rows.forEach(function (row) {
              var text = row.textContent.toLowerCase();
              row.hidden = !words.every(function (word) { return text.includes(word); });
              count += row.hidden ? 0 : 1;
            });
            shown.textContent = count + " of " + rows.length + " groups";
          });
          headings.forEach(function (heading, column) {
            heading.firstChild.addEventListener("click", function () {
              function key(row) { return row.cells[column].dataset.key; }
              function text(row) { return row.cells[column].textContent; }
              var isNumber = rows.some(key), before = heading.getAttribute("aria-sort");
              var up = before ? before === "descending" : !isNumber;
              headings.forEach(function (each) { each.removeAttribute("aria-sort"); });
              heading.setAttribute("aria-sort", up ? "ascending" : "descending");
              rows.sort(function (a, b) {
                var order = isNumber ? key(a) - key(b) : text(a).localeCompare(text(b), "en", { numeric: true });
                return up ? order : -order;
              });
              body.append(...rows);
            });
          });
        })();
        """#
}
