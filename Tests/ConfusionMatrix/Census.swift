/// Many diagnoses of one planted fault.
struct Census: Sendable {
    let planted: PlantedFault
    let seeds: UInt64
    let threads: Int

    func taken() async -> MatrixRow {
        guard planted.canShow else { return MatrixRow(planted, tally: nil) }
        let tally = await withTaskGroup(of: Tally.self) { group in
            for thread in 0..<threads { group.addTask { share(of: thread) } }
            return await group.reduce(into: Tally()) { $0.add($1) }
        }
        return MatrixRow(planted, tally: tally)
    }

    private func share(of thread: Int) -> Tally {
        var tally = Tally()
        for seed in stride(from: UInt64(thread) + 1, through: seeds, by: threads) {
            tally.add(planted.diagnosis(seed: seed), seed: seed)
        }
        return tally
    }
}

struct Tally: Sendable {
    var named: [String: Int] = [:]
    var right = 0
    var faulty = 0
    var wrong: [WrongName] = []

    mutating func add(_ judgement: Judgement, seed: UInt64) {
        named[judgement.named, default: 0] += 1
        if judgement.isFaulty { faulty += 1 }
        if judgement.isRight {
            right += 1
        } else {
            wrong.append(WrongName(seed: seed, named: judgement.named, model: judgement.model))
        }
    }

    mutating func add(_ other: Tally) {
        named.merge(other.named, uniquingKeysWith: +)
        right += other.right
        faulty += other.faulty
        wrong = (wrong + other.wrong).sorted { $0.seed < $1.seed }
    }
}

struct WrongName: Codable, Sendable {
    var seed: UInt64
    var named: String
    var model: String
}
