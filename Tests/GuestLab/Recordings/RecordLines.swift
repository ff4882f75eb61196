import PerfEvents

/// What is said of a recording, in three lists of lines that can be compared: by perf's words, or by truecount's decoder.
struct RecordingLines: Equatable {
    /// As `perf script -D` prints records, in the order of the file.
    var dump: [String] = []
    /// As `perf data convert --to-ctf` and babeltrace print samples, forks and exits; sorted.
    var events: [String] = []
    /// As `Agreement/calls.py` prints throttling and switches; sorted.
    var calls: [String] = []

    /// The first few lines that one has and the other has not.
    func differences(from other: RecordingLines) -> [String] {
        [(dump, other.dump), (events, other.events), (calls, other.calls)].flatMap { ours, theirs in
            ours.difference(from: theirs).prefix(6).map { change in
                switch change {
                case .insert(_, let line, _): "truecount: \(line)"
                case .remove(_, let line, _): "perf:      \(line)"
                }
            }
        }
    }
}

/// Writes what truecount's decoder finds in records, in the words in which perf says the same.
struct RecordLines {
    private(set) var lines = RecordingLines()
    /// Records by kind, as `PERF_RECORD_…` has it.
    private(set) var records: [String: Int] = [:]
    /// How many values were written, and so are compared.
    private(set) var fields = 0

    private let attributes: EventAttributes
    private let periods: [UInt64: UInt64]
    private let decoder: RecordDecoder

    /// - Throws: `PerfFileError` where the events of a file have samples of more than one layout.
    init(_ events: [PerfFile.RecordedEvent]) throws {
        let layouts = Set(events.map { SampleLayout($0.attributes) })
        guard layouts.count == 1, let first = events.first else {
            throw PerfFileError.malformed("\(events.count) events of \(layouts.count) layouts")
        }
        attributes = first.attributes
        decoder = try RecordDecoder(first.attributes)
        let ofIDs = events.flatMap { event in event.ids.map { ($0, event.attributes.samplePeriod ?? 0) } }
        periods = Dictionary(ofIDs) { first, _ in first }
    }

    /// All lines of a file's records.
    static func read(_ file: PerfFile) throws -> RecordLines {
        var written = try RecordLines(file.events)
        for record in file.records { try written.add(record) }
        written.lines.events.sort()
        written.lines.calls.sort()
        return written
    }

    /// Decodes a record and writes its lines.
    mutating func add(_ stored: PerfFile.StoredRecord) throws {
        let decoder = decoder
        try stored.words.withUnsafeBytes { memory in
            write(try decoder.decode(memory.bytes), at: stored.offset, of: stored.size)
        }
    }

    private mutating func write(_ record: borrowing Record, at offset: Int, of size: Int) {
        let place = "\(hex(UInt64(offset))) [\(hex(UInt64(size)))]:"
        switch record {
        case .sample(let sample):
            count("SAMPLE")
            lines.dump.append("\(stamp(cpu: sample.cpu, time: sample.time))\(place) \(head(of: sample))")
            writeFields(of: sample)
            writeEvent(of: sample)
        case .lost(let lost):
            let kind = lost.id == nil ? "LOST_SAMPLES" : "LOST"
            count(kind)
            let id = value(lost.id ?? lost.identity.id ?? .max)
            let words = lost.id == nil ? "lost samples :" : "lost:"
            lines.dump.append(
                "\(stamp(lost.identity))\(place) PERF_RECORD_\(kind): id:\(id): \(words)\(value(lost.count))")
        case .throttle(let throttle): write(throttle, "THROTTLE", place)
        case .unthrottle(let throttle): write(throttle, "UNTHROTTLE", place)
        case .contextSwitch(let change): write(change, place)
        case .exit(let task): write(task, "EXIT", place)
        case .fork(let task): write(task, "FORK", place)
        case .unknown: break
        }
    }

    private mutating func count(_ kind: String) { records[kind, default: 0] += 1 }

    /// A value as text, counted.
    private mutating func value(_ value: some CustomStringConvertible) -> String {
        fields += 1
        return value.description
    }

    private mutating func hexValue(_ value: UInt64, digits: Int = 0) -> String {
        fields += 1
        return digits == 0 ? hex(value) : padded(value, digits)
    }

    /// As "%#llx" prints it.
    private func hex(_ value: UInt64) -> String { value == 0 ? "0" : "0x" + String(value, radix: 16) }

    private func padded(_ value: UInt64, _ digits: Int) -> String {
        let text = String(value, radix: 16)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }

    private mutating func stamp(_ identity: borrowing RecordIdentity) -> String {
        stamp(cpu: identity.cpu, time: identity.time)
    }

    private mutating func stamp(cpu: Int?, time: UInt64?) -> String {
        (cpu.map { value($0) + " " } ?? "") + (time.map { value($0) + " " } ?? "")
    }
}

extension RecordLines {
    private mutating func write(_ throttle: borrowing ThrottleRecord, _ kind: String, _ place: String) {
        count(kind)
        lines.dump.append("\(stamp(throttle.identity))\(place) PERF_RECORD_\(kind)")
        let ids = "\(value(throttle.time)) \(value(throttle.id)) \(value(throttle.streamID))"
        lines.calls.append("\(kind.lowercased()) \(ids) \(who(throttle.identity))")
    }

    private mutating func write(_ change: borrowing ContextSwitchRecord, _ place: String) {
        let kind = change.otherThreadID == nil ? "SWITCH" : "SWITCH_CPU_WIDE"
        count(kind)
        var line = "\(stamp(change.identity))\(place) PERF_RECORD_\(kind) \(change.isOut ? "OUT" : "IN")"
        if change.isOut && change.isPreempted { line += " preempt" }
        if let process = change.otherProcessID, let thread = change.otherThreadID {
            line += " \(change.isOut ? "next" : "prev") pid/tid: \(value(process))/\(value(thread))"
        }
        lines.dump.append(line)
        let other = "\(change.otherProcessID ?? -1) \(change.otherThreadID ?? -1)"
        let flags = "\(value(change.isOut ? 1 : 0)) \(value(change.isPreempted ? 1 : 0))"
        lines.calls.append("switch \(change.identity.time ?? 0) \(who(change.identity)) \(other) \(flags)")
    }

    private mutating func write(_ task: borrowing TaskRecord, _ kind: String, _ place: String) {
        count(kind)
        let child = "\(value(task.processID)):\(value(task.threadID))"
        let parent = "\(value(task.parentProcessID)):\(value(task.parentThreadID))"
        lines.dump.append("\(stamp(task.identity))\(place) PERF_RECORD_\(kind)(\(child)):(\(parent))")
        let ids =
            "pid=\(task.processID) ppid=\(task.parentProcessID) tid=\(task.threadID) ptid=\(task.parentThreadID)"
        lines.events.append("\(task.identity.time ?? 0) perf_\(kind.lowercased()) \(ids) time=\(value(task.time))")
    }

    /// "CPU process thread".
    private mutating func who(_ identity: borrowing RecordIdentity) -> String {
        let thread = "\(value(identity.processID ?? -1)) \(value(identity.threadID ?? -1))"
        return "\(identity.cpu ?? -1) \(thread)"
    }
}

extension RecordLines {
    private mutating func head(of sample: borrowing SampleRecord) -> String {
        let who = "\(value(sample.processID ?? -1))/\(value(sample.threadID ?? -1))"
        let period = sample.period ?? sample.id.flatMap { periods[$0] } ?? attributes.samplePeriod ?? 0
        return "PERF_RECORD_SAMPLE(IP, \(hexValue(UInt64(sample.flags)))): \(who): \(hexValue(sample.ip ?? 0)) "
            + "period: \(value(period)) addr: \(hexValue(sample.address ?? 0))"
    }

    private mutating func writeEvent(of sample: borrowing SampleRecord) {
        let who = "perf_tid=\(sample.threadID ?? -1) perf_pid=\(sample.processID ?? -1)"
        let line = "\(sample.time ?? 0) sample perf_ip=\(sample.ip ?? 0) \(who)"
        if let read = sample.read, attributes.readFormat.contains(.group) {
            // perf splits a group's sample into one for each member.
            for member in 0..<read.count {
                lines.events.append("\(line) perf_id=\(value(read.id(ofMember: member) ?? 0))")
            }
            return
        }
        let id = sample.id.map { " perf_id=\(value($0))" } ?? ""
        lines.events.append(line + id + (sample.period.map { " perf_period=\($0)" } ?? ""))
    }

    /// The fields of which `perf script -D` has lines of their own, in its order.
    private mutating func writeFields(of sample: borrowing SampleRecord) {
        if let chain = words(sample.fieldBytes(.callchain)) {
            lines.dump.append("... FP chain: nr:\(value(chain[0]))")
            for (index, address) in chain.dropFirst().enumerated() {
                lines.dump.append("..... \(index): \(hexValue(address, digits: 16))")
            }
        }
        if let stack = words(sample.fieldBytes(.branchStack)) { writeBranches(stack) }
        if let abi = sample.userRegistersABI {
            lines.dump.append("... user regs: mask \(hex(attributes.userRegisters)) ABI \(nameOfABI(abi))")
            for (number, name) in Self.registers {
                guard let register = sample.userRegister(number) else { continue }
                lines.dump.append(".... \(name) 0x\(hexValue(register, digits: 16))")
            }
        }
        if let registers = words(sample.fieldBytes(.interruptRegisters)) {
            lines.dump.append(
                "... intr regs: mask \(hex(attributes.interruptRegisters)) ABI \(nameOfABI(registers[0]))")
            let names = Self.registers.filter { attributes.interruptRegisters & (1 << UInt64($0.number)) != 0 }
            for (register, (_, name)) in zip(registers.dropFirst(), names) {
                lines.dump.append(".... \(name) 0x\(hexValue(register, digits: 16))")
            }
        }
        // { size, data, dyn_size }; perf says how much of it is used.
        if let stack = words(sample.fieldBytes(.userStack)) {
            lines.dump.append("... ustack: size \(value(stack[0] == 0 ? 0 : stack[stack.count - 1]))")
        }
        // union perf_sample_weight: { u32 var1_dw; u16 var2_w; u16 var3_w }
        if let weight = words(sample.fieldBytes(.weightStructure))?.first {
            let parts = (weight & 0xffff_ffff, weight >> 32 & 0xffff, weight >> 48)
            lines.dump.append(
                "... weight: \(value(parts.0)),0x\(String(parts.1, radix: 16)),0x\(String(parts.2, radix: 16))")
        }
        if let source = words(sample.fieldBytes(.dataSource))?.first {
            lines.dump.append(". data_src: 0x\(hexValue(source, digits: 1))")
        }
        if let address = words(sample.fieldBytes(.physicalAddress))?.first {
            lines.dump.append(".. phys_addr: 0x\(hexValue(address, digits: 1))")
        }
        if let size = words(sample.fieldBytes(.dataPageSize))?.first {
            lines.dump.append(".. data page size: \(nameOfPageSize(size))")
        }
        if let size = words(sample.fieldBytes(.codePageSize))?.first {
            lines.dump.append(".. code page size: \(nameOfPageSize(size))")
        }
        if let transaction = words(sample.fieldBytes(.transaction))?.first {
            lines.dump.append("... transaction: \(hexValue(transaction, digits: 1))")
        }
        if let read = sample.read { write(read) }
    }

    private mutating func write(_ read: borrowing SampleRead) {
        lines.dump.append("... sample_read:")
        if let enabled = read.timeEnabled { lines.dump.append("...... time enabled \(hexValue(enabled, digits: 16))") }
        if let running = read.timeRunning { lines.dump.append("...... time running \(hexValue(running, digits: 16))") }
        if read.format.contains(.group) { lines.dump.append(".... group nr \(value(read.count))") }
        for member in 0..<read.count {
            let id = hexValue(read.id(ofMember: member) ?? 0, digits: 16)
            var line = "..... id \(id), value \(hexValue(read.value(ofMember: member) ?? 0, digits: 16))"
            if let lost = read.lost(ofMember: member) { line += ", lost \(value(lost))" }
            lines.dump.append(line)
        }
    }

    /// { nr, [hw_idx,] { from, to, flags }[nr] }; perf prints no hw_idx.
    private mutating func writeBranches(_ stack: [UInt64]) {
        lines.dump.append("... branch stack: nr:\(value(stack[0]))")
        let first = attributes.branchSampleType & (1 << 17) == 0 ? 1 : 2  // PERF_SAMPLE_BRANCH_HW_INDEX
        for (index, start) in stride(from: first, to: stack.count - 2, by: 3).enumerated() {
            let ends = "\(hexValue(stack[start], digits: 16)) -> \(hexValue(stack[start + 1], digits: 16))"
            // struct perf_branch_entry: mispred:1, predicted:1, in_tx:1, abort:1, cycles:16, type:4, spec:2, new_type:4,
            // priv:3, reserved:31.  perf 6.1 prints neither spec, new_type nor priv.
            let flags = stack[start + 2]
            let marks = zip("MPAT", [0, 1, 3, 2] as [UInt64]).filter { flags >> $0.1 & 1 == 1 }.map { String($0.0) }
                .joined()
            let rest = "\(hexValue(flags >> 33, digits: 1)) \(value(Self.branchTypes[Int(flags >> 20 & 15)]))"
            lines.dump.append(
                "..... \(index): \(ends) \(value(flags >> 4 & 0xffff)) cycles \(value(marks)) \(rest)".withSingleSpaces)
        }
    }

    /// `PERF_BR_…` of include/uapi/linux/perf_event.h.
    private static let branchTypes = [
        "", "COND", "UNCOND", "IND", "CALL", "IND_CALL", "RET", "SYSCALL", "SYSRET", "COND_CALL", "COND_RET", "ERET",
        "IRQ", "SERROR", "NO_TX", "",
    ]

    /// arch/x86/include/uapi/asm/perf_regs.h
    private static let registers: [(number: Int, name: String)] = {
        let names = ["AX", "BX", "CX", "DX", "SI", "DI", "BP", "SP", "IP", "FLAGS", "CS", "SS", "DS", "ES", "FS", "GS"]
        return (names + (8..<16).map { "R\($0)" }).enumerated().map { ($0.offset, $0.element) }
    }()

    /// `PERF_SAMPLE_REGS_ABI_…`
    private mutating func nameOfABI(_ abi: UInt64) -> String {
        value([0: "none", 1: "32-bit", 2: "64-bit"][abi] ?? "\(abi)")
    }

    private mutating func nameOfPageSize(_ size: UInt64) -> String {
        value(size == 0 ? "N/A" : "\(size >> 10)K")
    }

    private func words(_ bytes: RawSpan?) -> [UInt64]? {
        bytes?.withUnsafeBytes { memory in
            stride(from: 0, to: memory.count - 7, by: 8).map {
                memory.loadUnaligned(fromByteOffset: $0, as: UInt64.self)
            }
        }
    }
}
