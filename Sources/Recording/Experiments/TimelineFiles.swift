import Measurement

/// Makes a recording into a file, which is there only once it is whole.
public func record(
    _ plan: RecordingPlan, _ events: CountedEvents, toFile path: String, origin: RecordingOrigin, toolVersion: String,
    isInterrupted: () -> Bool = { false }
) throws(RecordingError) -> (result: RecordResult, totals: TimelineTotals) {
    let header = TimelineHeader(plan, events, origin: origin, toolVersion: toolVersion)
    var writer = try onFile { () throws(TimelineError) in try TimelineWriter(path: path, header: header) }
    let result = try record(plan, events, isInterrupted: isInterrupted) { (entry) throws(RecordingError) in
        do throws(TimelineError) {
            try writer.append(entry)
        } catch {
            throw .timeline(error)
        }
    }
    let totals = writer.totals
    do throws(TimelineError) {
        try writer.finish()
    } catch {
        throw .timeline(error)
    }
    return (result, totals)
}

/// Replays a file, once it has proved to be whole and undamaged.
public func replay(
    file path: String, _ events: CountedEvents, cpu: Int, on origin: RecordingOrigin,
    isInterrupted: () -> Bool = { false }
) throws(RecordingError) -> ReplayResult {
    _ = try onFile { () throws(TimelineError) in try TimelineReader.verify(path: path) }
    var reader = try onFile { () throws(TimelineError) in try TimelineReader(path: path) }
    return try replay(reader.header, events, cpu: cpu, on: origin, isInterrupted: isInterrupted) {
        () throws(RecordingError) in
        do throws(TimelineError) {
            return try reader.next()
        } catch {
            throw .timeline(error)
        }
    }
}

private func onFile<Value: ~Copyable>(_ body: () throws(TimelineError) -> Value) throws(RecordingError) -> Value {
    do throws(TimelineError) {
        return try body()
    } catch {
        throw .timeline(error)
    }
}

/// What a file says that it is of.
public func timelineHeader(of path: String) throws(RecordingError) -> TimelineHeader {
    try onFile { () throws(TimelineError) in try TimelineReader(path: path).header }
}
