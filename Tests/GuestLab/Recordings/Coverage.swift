/// How many words of records make a difference to what is compared: a word that may be anything was not compared.
struct Coverage {
    private(set) var words = 0
    private(set) var missed = 0

    /// Alters each word behind the header of these records, one at a time.
    init(of records: some Collection<PerfFile.StoredRecord>, _ events: [PerfFile.RecordedEvent]) throws {
        let blank = try RecordLines(events)
        for record in records {
            var written = blank
            try written.add(record)
            guard written.lines != blank.lines else { continue }
            for index in record.words.indices.dropFirst() {
                words += 1
                var altered = record.words
                altered[index] = ~altered[index]
                var other = blank
                // A word that cannot be so makes a difference, too.
                guard (try? other.add(PerfFile.StoredRecord(offset: record.offset, words: altered))) != nil else {
                    continue
                }
                if other.lines == written.lines { missed += 1 }
            }
        }
    }
}
