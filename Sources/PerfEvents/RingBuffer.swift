import CPerf

/// The reading side of a perf ring buffer: `struct perf_event_mmap_page`, then a power of two of bytes of records.
///
/// It reads memory that someone else owns: ``Sampler`` the kernel's, tests and benchmarks their own, laid out alike.
public struct RingBuffer: ~Copyable {
    @usableFromInline let page: UnsafeMutablePointer<perf_event_mmap_page>
    @usableFromInline let data: UnsafeMutableRawPointer
    @usableFromInline let dataSize: Int
    /// Where a record that wraps is put together. No record is longer than its 16-bit size.
    @usableFromInline let scratch: UnsafeMutableRawPointer
    public let decoder: RecordDecoder

    /// A reader over memory that the caller keeps alive and unshared with other readers while this value lives.
    ///
    /// - Parameters:
    ///   - memory: One page with `data_head` and `data_tail`, then the records. Aligned to 8 bytes.
    ///   - pageSize: Bytes of the first page. What follows it is a power of two, at least 8.
    ///   - decoder: Of the event that writes the records.
    /// - Throws: code `invalidAttributes` for memory of another size or alignment.
    public init(
        unsafeMemory memory: UnsafeMutableRawBufferPointer, pageSize: Int, decoder: RecordDecoder
    ) throws(PerfError) {
        let dataSize = memory.count - pageSize
        guard let base = memory.baseAddress, pageSize >= MemoryLayout<perf_event_mmap_page>.size,
            dataSize >= 8, dataSize.nonzeroBitCount == 1, UInt(bitPattern: base) % 8 == 0, pageSize % 8 == 0
        else {
            throw PerfError(
                code: .invalidAttributes, operation: .map, subject: "\(decoder.event)",
                explanation: "a ring buffer is one page and a power of two of bytes, aligned to words")
        }
        page = base.bindMemory(to: perf_event_mmap_page.self, capacity: 1)
        data = base + pageSize
        self.dataSize = dataSize
        self.decoder = decoder
        scratch = .allocate(byteCount: 1 << 16, alignment: 8)
    }

    deinit {
        scratch.deallocate()
    }

    /// Bytes of records that wait to be read.
    public var availableBytes: UInt64 { cperf_ring_head(page) &- cperf_ring_tail(page) }

    /// Hands each record that the kernel has written so far to `body`, then gives their room back to the kernel.
    ///
    /// Records that come while this runs are left for the next call, so it always ends. A record counts as read when
    /// `body` gets it, even if `body` throws.
    ///
    /// - Throws: ``RingError/record(_:)`` for a malformed record, which stays in the ring: everything behind it is
    ///   unreadable. ``RingError/body(_:)`` with what `body` threw.
    @inlinable @inline(__always)
    public mutating func forEachRecord<Failure: Error>(
        _ body: (Record) throws(Failure) -> Void
    ) throws(RingError<Failure>) {
        try drain(body)
    }

    // Inlined so that the body is, too: a record then costs no call, and what is the same for all leaves the loop.
    @inlinable @inline(__always)
    mutating func drain<Failure: Error>(
        _ body: (Record) throws(Failure) -> Void
    ) throws(RingError<Failure>) {
        // What is the same for all records leaves the loop only if nothing in it could change it.
        let decoder = decoder
        let head = cperf_ring_head(page)
        var tail = cperf_ring_tail(page)
        defer { cperf_ring_set_tail(page, tail) }
        guard (head | tail) & 7 == 0, head &- tail <= UInt64(dataSize) else {
            throw .record(decoder.malformed("the ring's head \(head) and tail \(tail) do not fit \(dataSize) bytes"))
        }
        while tail != head {
            let offset = Int(truncatingIfNeeded: tail) & (dataSize - 1)
            let header = RecordHeader(data.load(fromByteOffset: offset, as: UInt64.self))
            guard header.isPossible(within: head &- tail) else {
                throw .record(decoder.malformed(header, available: head &- tail))
            }
            let isWhole = offset + header.size <= dataSize
            let start = isWhole ? UnsafeRawPointer(data + offset) : copyWrapped(offset, header.size)
            let memory = UnsafeRawBufferPointer(start: start, count: header.size)
            let record: Record
            do throws(PerfError) {
                record = try decoder.decode(header, memory.bytes)
            } catch {
                throw .record(error)
            }
            tail &+= UInt64(header.size)
            do throws(Failure) {
                try body(record)
            } catch {
                throw .body(error)
            }
        }
    }

    /// The two parts of a record that wraps, side by side.
    @usableFromInline @inline(never)
    func copyWrapped(_ offset: Int, _ size: Int) -> UnsafeRawPointer {
        let firstPart = dataSize - offset
        scratch.copyMemory(from: data + offset, byteCount: firstPart)
        (scratch + firstPart).copyMemory(from: data, byteCount: size - firstPart)
        return UnsafeRawPointer(scratch)
    }
}

extension RingBuffer {
    /// As above, for a body that throws nothing or ``PerfError``.
    @inlinable @inline(__always)
    public mutating func forEachRecord(_ body: (Record) throws(PerfError) -> Void) throws(PerfError) {
        do throws(RingError<PerfError>) {
            try drain(body)
        } catch {
            throw error.perfError
        }
    }
}

/// Why reading a ring ended early.
public enum RingError<BodyFailure: Error>: Error {
    /// A record cannot be what it says.
    case record(PerfError)
    /// The caller's own closure threw.
    case body(BodyFailure)
}

extension RingError where BodyFailure == PerfError {
    /// The error, whichever side it came from.
    @inlinable public var perfError: PerfError {
        switch self {
        case .record(let error), .body(let error): error
        }
    }
}
