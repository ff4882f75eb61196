import Glibc
import Synchronization

/// Real threads: counters belong to the thread that opened them, so neither tasks nor queues will do.
enum WorkerThreads {
    /// Does the work for each input on a thread of its own, and waits for all of them.
    /// - Returns: what came of each input, in the order of the inputs.
    /// - Throws: a failure where a thread cannot be started; those that were are waited for.
    static func map<Input: Sendable, Output: Sendable>(
        _ inputs: [Input], _ work: @escaping @Sendable (Input) -> Output
    ) throws(Failure) -> [Output] {
        let outputs = Outputs<Output>()
        var threads: [pthread_t] = []
        var failure: Failure?
        for (index, input) in inputs.enumerated() {
            do {
                threads.append(try start { outputs.keep(work(input), at: index) })
            } catch {
                failure = error
                break
            }
        }
        for thread in threads { pthread_join(thread, nil) }
        if let failure { throw failure }
        return outputs.inOrder
    }

    /// Starts a thread that nobody waits for: it ends with the process.
    static func detach(_ work: @escaping @Sendable () -> Void) throws(Failure) {
        pthread_detach(try start(work))
    }

    private static func start(_ work: @escaping @Sendable () -> Void) throws(Failure) -> pthread_t {
        let opaque = Unmanaged.passRetained(Job(work)).toOpaque()
        var thread = pthread_t()
        let error = pthread_create(&thread, nil, runJob, opaque)
        guard error == 0 else {
            Unmanaged<Job>.fromOpaque(opaque).release()
            throw .software("a thread cannot be started: \(String(cString: strerror(error)))")
        }
        return thread
    }

    private final class Job: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    private final class Outputs<Output: Sendable>: Sendable {
        private let values = Mutex<[Int: Output]>([:])
        func keep(_ value: Output, at index: Int) { values.withLock { $0[index] = value } }
        var inOrder: [Output] { values.withLock { values in values.sorted { $0.key < $1.key }.map(\.value) } }
    }

    private static let runJob: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { opaque in
        if let opaque { Unmanaged<Job>.fromOpaque(opaque).takeRetainedValue().body() }
        return nil
    }
}
