// Question: does each child's count stay right where the PMI is what switches between several, as rr's scheduler does?
//
// Method: children with programs of their own are traced by one thread on one CPU, each with its own counter. One runs
// until its counter interrupts, then the next, in turn, until all have ended.
// Expected: each child's count at each event is its closed form's; what the others do in between changes nothing.
// Verdict: a child whose count differs is a difference.

/// What slicing showed.
public struct SliceResult: Codable, Sendable, Hashable {
    /// One child's part.
    public struct Child: Codable, Sendable, Hashable {
        public var seed: UInt64
        public var check: CountCheck
        public var pmis: UInt64
    }

    public var children: [Child] = []
    /// How often another child's turn came, each by a PMI.
    public var switches: UInt64 = 0
    /// Counts lost by intent; absent but in a control.
    public var plantedTotal: UInt64?
    public var multiplexed: Bool?

    public var isExact: Bool { children.allSatisfy(\.check.isExact) }
    public var deficitAtEnd: Int64 { children.reduce(0) { $0 + $1.check.deficitAtEnd } }
}

extension Recorder {
    /// Runs so many children in turn, switched by PMI.
    ///
    /// - Parameters:
    ///   - plan: the first child's; each further one has the next seed. Its period is the slice.
    ///   - children: 2 or more, for there to be something to switch between.
    public func slice(_ plan: RecordingPlan, children count: Int) throws(MeasurementError) -> SliceResult {
        try onItsCPU { () throws(MeasurementError) in
            var children: [SlicedChild] = []
            for number in 0..<count {
                var own = plan
                own.program = plan.program.seeded(plan.program.seed &+ UInt64(number))
                children.append(try SlicedChild(own, events, cpu: cpu))
            }
            var result = SliceResult()
            var waiting = children
            while !waiting.isEmpty {
                var remaining: [SlicedChild] = []
                for child in waiting {
                    if try child.runSlice() {
                        remaining.append(child)
                        result.switches += 1
                    }
                    try goOn()
                }
                waiting = remaining
            }
            result.children = children.map(\.result)
            if plan.planted != nil { result.plantedTotal = children.reduce(0) { $0 + $1.plantedTotal } }
            if children.contains(where: \.isMultiplexed) { result.multiplexed = true }
            return result
        }
    }
}

/// One of several children. A class, because arrays hold no values that cannot be copied.
private final class SlicedChild {
    private var run: CountedProgram
    private var planter: LossPlanter?
    private var check = CountCheck()

    init(_ plan: RecordingPlan, _ events: CountedEvents, cpu: Int) throws(MeasurementError) {
        run = try CountedProgram(plan.program, events, period: plan.period, cpu: cpu)
        planter = plan.planted.map(LossPlanter.init)
    }

    /// Lets it run to its next PMI. False where it has ended instead.
    func runSlice() throws(MeasurementError) -> Bool {
        while true {
            switch try run.next() {
            case .event(let row): check.compare(row)
            case .overflow:
                try planter?.plant(in: &run)
                return true
            case .ended: return false
            }
        }
    }

    var result: SliceResult.Child { SliceResult.Child(seed: run.walk.program.seed, check: check, pmis: run.pmis) }
    var plantedTotal: UInt64 { planter?.total ?? 0 }
    var isMultiplexed: Bool { run.isMultiplexed }
}
