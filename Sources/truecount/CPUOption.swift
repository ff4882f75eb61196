import ArgumentParser

/// `--cpu`: one CPU, or all that this process may use.
enum CPUOption: ExpressibleByArgument, Hashable {
    case all
    case one(Int)

    init?(argument: String) {
        if argument == "all" {
            self = .all
        } else if let number = Int(argument) {
            self = .one(number)
        } else {
            return nil
        }
    }

    var number: Int? { if case .one(let number) = self { number } else { nil } }
}
