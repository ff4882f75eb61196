import CLibpfm

extension EventCatalog {
    /// The error for what libpfm4 answered, with the names that it might have been.
    func explain(_ status: Int32, name: String) -> EventNameError {
        let prefix = name.pmuPrefix
        let said = "libpfm4 said \"\(Self.message(status))\""
        let known = pmus
        // It makes libpfm4 deny every other model, not only this machine's.
        let forced = Self.environment["LIBPFM_FORCE_PMU"].map { " under LIBPFM_FORCE_PMU=\($0)" } ?? ""
        if let prefix {
            guard let pmu = known.first(where: { $0.name.lowercased() == prefix.lowercased() }) else {
                return EventNameError(
                    .unknownPMU, name: name, reason: "libpfm4 has no PMU \(prefix)" + forced,
                    advice: "List those it has: truecount list pmus.",
                    nearNames: NearNames.of(prefix, among: known.map(\.name)))
            }
            if !pmu.isPresent, !forced.isEmpty {
                return EventNameError(
                    .absentPMU, name: name, reason: "libpfm4 has no PMU \(prefix)" + forced,
                    advice: "Use a raw code such as r01c4, or unset the variable.")
            }
            if !pmu.isPresent, Self.environment["LIBPFM_ENCODE_INACTIVE"] == nil {
                return EventNameError(
                    .absentPMU, name: name, reason: "libpfm4 knows the PMU \(pmu.name), but this CPU is another one",
                    advice: "Use a raw code such as r01c4, or set LIBPFM_ENCODE_INACTIVE=1 if the CPU is of that kind.")
            }
        }
        let searched =
            prefix.map { prefix in known.filter { $0.name.lowercased() == prefix.lowercased() } }
            ?? known.filter(\.isPresent)
        return explainWithin(searched, status: status, said: said, name: name)
    }

    private func explainWithin(
        _ searched: [PMUInfo], status: Int32, said: String, name: String
    ) -> EventNameError {
        let event = name.eventPart
        let events = searched.flatMap { self.events(of: $0) }
        if let known = events.first(where: { $0.name.lowercased() == event.lowercased() }) {
            let attributes = self.attributes(of: known)
            return EventNameError(
                .unknownAttribute, name: name, reason: said,
                advice: "\(known.name) has \(attributes.prefix(24).map(\.name).joined(separator: ", ")).",
                nearNames: name.attributeParts.flatMap { part in
                    attributes.contains { $0.name.lowercased() == part.lowercased() }
                        ? [] : NearNames.of(part, among: attributes.map(\.name))
                })
        }
        let models = searched.filter { $0.kind == .core }.map(\.name).joined(separator: ", ")
        return EventNameError(
            .unknownEvent, name: name,
            reason: models.isEmpty ? said + " and has no model of this CPU" : said + " in \(models)",
            advice: models.isEmpty
                ? "Use a raw code such as r01c4." : "List what there is: truecount list events.",
            nearNames: NearNames.of(event, among: events.map(\.name)))
    }
}

extension String {
    /// "skl" of "skl::EVENT:UMASK".
    fileprivate var pmuPrefix: String? {
        splitAtPMU.pmu
    }

    fileprivate var eventPart: String {
        String(splitAtPMU.rest.prefix { $0 != ":" && $0 != "." })
    }

    fileprivate var attributeParts: [String] {
        splitAtPMU.rest.split(whereSeparator: { $0 == ":" || $0 == "." }).dropFirst().map { part in
            String(part.prefix { $0 != "=" })
        }
    }

    private var splitAtPMU: (pmu: String?, rest: Substring) {
        var index = startIndex
        while index < endIndex {
            let next = self.index(after: index)
            if self[index] == ":", next < endIndex, self[next] == ":" {
                return (String(self[..<index]), self[self.index(after: next)...])
            }
            index = next
        }
        return (nil, self[...])
    }

    func splitKeepingPMU(where isKept: (Substring) -> Bool) -> String {
        let (pmu, rest) = splitAtPMU
        let parts = rest.split(separator: ":", omittingEmptySubsequences: true).filter(isKept).joined(separator: ":")
        return pmu.map { "\($0)::\(parts)" } ?? parts
    }
}
