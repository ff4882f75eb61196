import Measurement
import PerfEvents
import Recording
import Reporting

/// What counts in a recording, and where.
struct RecordingSource {
    let events: CountedEvents
    let machine: Machine
    /// Nil where there is no PMU and breakpoints stand in for it.
    let rcb: RCBEvent?

    var cpu: Int { machine.processor.number }
    var origin: RecordingOrigin { RecordingOrigin(machine) }

    /// - Throws: a failure with the reason where nothing can be counted.
    init(_ option: SourceOption, cpu: Int?) throws(Failure) {
        machine = Machine.read(cpu: try TestedCPU.choose(cpu))
        switch try CounterChoice.choose(option, event: nil, on: machine) {
        case .hardware(let event): rcb = event
        case .breakpoint: rcb = nil
        case .simulated:
            throw .usage("--pmu simulated: a child process runs on the real machine; use hardware or breakpoint")
        case .unsupported(_, let reason): throw Failure(status: .unsupported, message: reason)
        }
        events = rcb.map(CountedEvents.hardware) ?? CountedEvents(.breakpoint)
    }

    /// What heads every output: which kernel and CPU, what is counted there, and what that cannot tell.
    func heading(_ work: String, style: TextStyle) -> [String] {
        var lines = style.wrapped(printable(Self.place(origin)), hanging: 2)
        lines += style.wrapped("\(work) on CPU \(cpu), counting \(printable(events.name))", hanging: 2)
        if rcb == nil {
            lines += style.wrapped(
                "no core PMU is counted: breakpoints check the kernel's perf core; whether PMIs lose branches cannot be told here",
                hanging: 2)
        }
        return lines + [""]
    }

    /// "Linux 6.12 · Intel 06-5e-03 (Skylake) · guest of QEMU".
    static func place(_ origin: RecordingOrigin) -> String {
        let facts: [String?] = [
            "Linux \(origin.kernel)", origin.processor, origin.hypervisor.map { "guest of \($0)" },
        ]
        return facts.compactMap { $0 }.joined(separator: " · ")
    }
}

extension Failure {
    init(_ error: RecordingError) {
        switch error {
        case .timeline(let error): self.init(status: .inputOutput, message: printable(error.description))
        case .interrupted, .child: self.init(status: .inconclusive, message: error.description)
        case _ where error.isUnsupported: self.init(status: .unsupported, message: error.description)
        case .cannotPin: self.init(status: .usage, message: error.description)
        case .perf, .trace, .unsupported: self = .software(error.description)
        }
    }
}

/// Runs a part of a recording, and makes of its errors what a person reads.
func recording<Value>(_ body: () throws(RecordingError) -> Value) throws(Failure) -> Value {
    do {
        return try body()
    } catch {
        throw Failure(error)
    }
}
