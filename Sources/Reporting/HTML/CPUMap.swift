import Diagnosis
import Measurement

/// A field for each CPU, in their order, with its verdict as a word and as a colour.
enum CPUMap {
    static func figure(_ results: [CPUResult]) -> HTML {
        let fields: [HTML] = results.sorted { $0.cpu < $1.cpu }.map { result in
            let faults = result.faults.map(\.rawValue).joined(separator: ", ")
            let detail = [result.coreType, faults.isEmpty ? nil : faults].compactMap(\.self).joined(separator: ", ")
            return """
                <li class="\(result.verdict.rawValue)"><b>\(result.cpu)</b> <span>\(result.verdict.rawValue)</span> \
                <small>\(detail)</small></li>

                """
        }
        return """
            <figure class="cpus">
            <h3>CPUs</h3>
            <ul class="map">
            \(fields)</ul>
            <figcaption>\(sentence(results))</figcaption>
            </figure>

            """
    }

    private static func sentence(_ results: [CPUResult]) -> String {
        let order: [Verdict] = [.faulty, .inconclusive, .unsupported, .accurate]
        return order.compactMap { verdict in
            let cpus = results.filter { $0.verdict == verdict }.map(\.cpu).sorted()
            return cpus.isEmpty ? nil : "\(verdict.rawValue): CPU \(cpuListText(cpus))"
        }.joined(separator: "; ")
    }
}
