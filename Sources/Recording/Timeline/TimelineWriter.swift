/// Writes a timeline to a file while it is recorded, in constant memory.
///
/// Until `finish()` the file lies beside its place under another name: a recording that fails leaves what was there.
public struct TimelineWriter: ~Copyable {
    private var output: TimelineOutput

    public init(path: String, header: TimelineHeader) throws(TimelineError) {
        let output = try TimelineOutput(path: path)
        var start = TimelineFormat.magic
        start.appendLittleEndian(TimelineFormat.version)
        let encoded = header.encoded
        start.appendLittleEndian(UInt32(encoded.count))
        start += encoded
        start.appendLittleEndian(Checksum.of(start))
        try output.write(start)
        self.output = output
        payload.reserveCapacity(TimelineFormat.largestBlock)
    }

    private var payload: [UInt8] = []
    private var entriesInBlock: UInt32 = 0
    private var blocks: UInt32 = 0
    private var lastCount: UInt64 = 0
    /// What has been written so far.
    public private(set) var totals = TimelineTotals()

    public mutating func append(_ entry: TimelineEntry) throws(TimelineError) {
        switch entry {
        case .event(let kind, let count):
            appendHead(UInt64(kind.rawValue), count)
            totals.events += 1
        case .pmi(let pmi):
            appendHead(TimelineFormat.pmi, pmi.count)
            payload.appendVarint(UInt64(pmi.offset))
            payload.appendVarint(pmi.remaining)
            totals.pmis += 1
        }
        entriesInBlock += 1
        if payload.count >= TimelineFormat.blockTarget { try closeBlock() }
    }

    /// What it is in the lowest three bits, and above them by how much the count has risen. The rise has its sign, in
    /// case that a counter goes back, and 61 bits: what does not fit is written behind.
    private mutating func appendHead(_ what: UInt64, _ count: UInt64) {
        let rise = ZigZag.encode(Int64(bitPattern: count &- lastCount))
        lastCount = count
        if rise < TimelineCoding.escape {
            payload.appendVarint(rise << 3 | what)
        } else {
            payload.appendVarint(TimelineCoding.escape << 3 | what)
            payload.appendVarint(rise)
        }
    }

    private mutating func closeBlock() throws(TimelineError) {
        guard entriesInBlock > 0 else { return }
        var head: [UInt8] = [TimelineFormat.blockMarker]
        head.appendLittleEndian(blocks)
        head.appendLittleEndian(entriesInBlock)
        head.appendLittleEndian(UInt32(payload.count))
        var sum = Checksum()
        sum.add(head)
        sum.add(payload)
        payload.appendLittleEndian(sum.value)
        try output.write(head + payload)
        payload.removeAll(keepingCapacity: true)
        entriesInBlock = 0
        blocks += 1
    }

    /// Writes the end, and puts the file into its place once it lies on the disk.
    public consuming func finish() throws(TimelineError) {
        try closeBlock()
        var trailer: [UInt8] = [TimelineFormat.trailerMarker]
        trailer.appendLittleEndian(blocks)
        trailer.appendLittleEndian(totals.events)
        trailer.appendLittleEndian(totals.pmis)
        trailer.appendLittleEndian(Checksum.of(trailer))
        try output.write(trailer)
        try output.takePlace()
    }
}
