import Benchmark

let benchmarks: @Sendable () -> Void = {
    countRate()
    measurementCost()
    recordDecoding()
    tracing()
}
