import Measurement
import Testing

/// A ledger is summed up while it is read, and judged by the sums alone.
@Suite("A ledger's sums")
struct LedgerTests {
    private func ledger(period: UInt64 = 1_000, _ rows: [(counted: UInt64, position: UInt64?)]) -> Ledger {
        var builder = LedgerBuilder(period: period)
        for (index, row) in rows.enumerated() {
            builder.add(
                LedgerRow(
                    index: UInt64(index + 1), time: 0, offset: nil, truePosition: row.position, counted: row.counted))
        }
        return builder.ledger
    }

    @Test("Where counts are exact the skid is what is left over of a period")
    func exact() {
        let ledger = ledger([(1_010, 1_010), (2_003, 2_003), (3_039, 3_039)])
        #expect(ledger.rows == 3 && ledger.positions == 3 && ledger.deviating == 0 && ledger.repeated == 0)
        #expect(ledger.skids == Histogram([10, 3, 39]) && ledger.apparentSkids == ledger.skids)
        #expect(ledger.losses == Histogram([0, 0]) && ledger.lossAtFirst == 0 && ledger.lossAtLast == 0)
    }

    @Test("Where counters freeze the apparent skid is 0 and the skid is what is lost")
    func freeze() {
        let ledger = ledger([(1_000, 1_010), (2_000, 2_020), (3_000, 3_030)])
        #expect(ledger.deviating == 3 && ledger.losses == Histogram([10, 10]))
        #expect(ledger.lossAtFirst == 10 && ledger.lossAtLast == 30)
        #expect(ledger.skids == Histogram([10, 10, 10]) && ledger.apparentSkids == Histogram([0, 0, 0]))
    }

    @Test("Behind a PMI that never came no skid is certain, whatever is left over of a period")
    func lostPMI() {
        // The third PMI is missing, and the kernel loads the counter anew 700 counts later.
        let ledger = ledger([(1_010, 1_010), (2_010, 2_010), (4_710, 4_710), (5_710, 5_710)])
        #expect(ledger.skids == Histogram([10, 10]) && ledger.losses == Histogram([0, 0, 0]))
    }

    @Test("A skid longer than a period is a missing PMI until proved otherwise")
    func longerThanAPeriod() {
        #expect(ledger([(2_500, 2_500), (2_510, 2_510)]).skids.isEmpty)
    }

    @Test("A PMI that is taken twice is a repeated row and hides no skid behind it")
    func twice() {
        let ledger = ledger([(1_010, 1_010), (1_010, 1_010), (2_010, 2_010)])
        #expect(ledger.repeated == 1 && ledger.skids == Histogram([10, 10]))
    }

    @Test("What passes while the kernel stops the event is no loss at a PMI, and no skid")
    func stopped() throws {
        var builder = LedgerBuilder(period: 1_000)
        func row(_ counted: UInt64, _ position: UInt64) -> LedgerRow {
            LedgerRow(index: 1, time: 0, offset: nil, truePosition: position, counted: counted)
        }
        builder.add(row(1_010, 1_010))
        #expect(builder.ledger.stops == nil)
        builder.resume()
        builder.add(row(2_010, 9_010))
        builder.add(row(3_010, 10_010))
        #expect(builder.ledger.losses == Histogram([0]) && builder.ledger.skids == Histogram([10, 10]))
        builder.resume()
        builder.add(row(2_990, 11_010))
        builder.resume()
        let stops = try #require(builder.ledger.stops)
        #expect(stops.losses == Histogram([7_000, 1_020]) && stops.reversals == 1 && stops.countedAtLast == 2_990)
    }

    @Test("Rows without a position, and those beside them, tell no loss")
    func unknownPositions() {
        let ledger = ledger([(1_010, 1_010), (2_010, nil), (3_010, 3_010), (4_010, 4_013)])
        #expect(ledger.positions == 3 && ledger.losses == Histogram([3]) && ledger.lossAtLast == 3)
        #expect(ledger.skids == Histogram([10, 13]))
    }

    @Test("Of many rows the first, the last and the unusual ones are kept, and the sums are those of all")
    func thinned() {
        var rows: [(counted: UInt64, position: UInt64?)] = []
        for index in UInt64(1)...500 {
            let counted = index * 1_000 + 5
            rows.append((counted, index > 321 ? counted + 7 : counted))
        }
        let whole = ledger(rows)
        let thinned = whole.keeping(16)
        #expect(thinned.kept.count <= 16)
        #expect(thinned.kept.first?.index == 1 && thinned.kept.last?.index == 500)
        #expect(thinned.kept.contains { $0.index == 322 })
        #expect(thinned.kept.map(\.index) == thinned.kept.map(\.index).sorted())
        #expect(thinned.losses == whole.losses && thinned.rows == 500 && thinned.skids == whole.skids)
        #expect(whole.keeping(1_000) == whole && whole.keeping(0).kept.isEmpty)
    }

    @Test("Quantiles are values, and sums do not overflow")
    func histogram() {
        var histogram = Histogram([1, 2, 4, 9])
        #expect(histogram.median == 2 && histogram.quantile(perMille: 1000) == 9 && histogram.total == 4)
        #expect(Histogram().median == nil && Histogram().min == nil)
        histogram.add(3, times: .max)
        histogram.add(3, times: .max)
        #expect(histogram.total == .max && histogram.median == 3)
    }
}
