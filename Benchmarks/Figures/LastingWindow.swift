import PerfEvents
import Workloads

/// The program's one window, with an event in it.
///
/// It is never destroyed: in release mode Swift 6.3.1 destroys it here by the metadata of its private member, which it does not
/// export from Workloads, and the program does not link.
struct LastingWindow {
    private let window: UnsafeMutablePointer<WorkloadWindow>

    init(_ window: UnsafeMutablePointer<WorkloadWindow>, for counter: borrowing Counter) {
        self.window = window
        window.pointee.pointer.pointee.counter = Int64(counter.descriptor)
    }

    /// As a diagnosis does it: run, then look whether the two calls that matter succeeded.
    @inline(__always)
    func run(_ workload: Workload, iterations: UInt64) throws {
        workload.run(window: window.pointee.pointer, iterations: iterations)
        let results = window.pointee.pointer.pointee.results
        guard results.1 == 0, results.2 == 0 else { throw WrongResult(description: "the window's calls failed") }
    }
}

/// Made at the first use; used by one benchmark at a time.
nonisolated(unsafe) let lastingWindow = Result<UnsafeMutablePointer<WorkloadWindow>, any Error> {
    let memory = UnsafeMutablePointer<WorkloadWindow>.allocate(capacity: 1)
    memory.initialize(to: try WorkloadWindow())
    return memory
}
