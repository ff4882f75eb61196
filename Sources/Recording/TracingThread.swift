import Measurement
import SystemPackage

/// Runs `body` with this thread bound to a CPU, so that tracer and children take turns there, and with its signals held
/// back, so that none interrupts a wait.
func onTracingThread<Value>(
    cpu: Int, _ body: () throws(RecordingError) -> Value
) throws(RecordingError) -> Value {
    let pinned = try pin(to: cpu)
    let signals = BlockedSignals()
    let outcome: Result<Value, RecordingError>
    do {
        outcome = .success(try body())
    } catch {
        outcome = .failure(error)
    }
    _ = consume signals
    _ = consume pinned
    return try outcome.get()
}

private func pin(to cpu: Int) throws(RecordingError) -> PinnedThread {
    do {
        return try PinnedThread(cpu: cpu)
    } catch {
        throw .cannotPin(cpu: cpu, error)
    }
}
