import Diagnosis
import FoundationEssentials
import Measurement

/// Reports of every format so far. Format 1 had other names for what was found: its runs are judged again instead.
extension Report: Decodable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        schemaVersion = try container.decode(Int.self, forKey: .schemaVersion)
        verdict = try container.decode(Verdict.self, forKey: .verdict)
        reasons = try container.decode([String].self, forKey: .reasons)
        source = try container.decode(CounterSource.self, forKey: .source)
        model = try container.decodeIfPresent(ReportedModel.self, forKey: .model)
        induced = try container.decodeIfPresent(InducedFault.self, forKey: .induced)
        interrupted = try container.decodeIfPresent(Bool.self, forKey: .interrupted)
        redacted = try container.decodeIfPresent(Bool.self, forKey: .redacted)
        scope = try container.decode(Scope.self, forKey: .scope)
        notes = try container.decode([String].self, forKey: .notes)
        refusals = try container.decodeIfPresent([Refusal].self, forKey: .refusals)
        environment = try container.decode(Machine.self, forKey: .environment)
        tool = try container.decode(Tool.self, forKey: .tool)
        startedAt = try container.decode(Date.self, forKey: .startedAt)
        endedAt = try container.decodeIfPresent(Date.self, forKey: .endedAt)
        arguments = try container.decode([String].self, forKey: .arguments)
        seed = try container.decode(UInt64.self, forKey: .seed)
        commands = try container.decodeIfPresent(ReportedCommands.self, forKey: .commands)
        runs = try container.decode([RunRecord].self, forKey: .runs)
        cpus = try container.decodeIfPresent([CPUResult].self, forKey: .cpus)
        guard schemaVersion > 1 else {
            (findings, probes) = ([], try container.decode([FormerProbe].self, forKey: .probes).map(\.result))
            let limit = try container.decodeIfPresent(FormerSkid.self, forKey: .skid)?.rrLimit
            // Sums of what no run can have would overflow.
            if let problem = implausibleNumber {
                throw DecodingError.dataCorruptedError(forKey: .runs, in: container, debugDescription: problem)
            }
            judgeAgain(try container.decode([FormerFinding].self, forKey: .findings), skidLimit: limit)
            return
        }
        skid = try container.decodeIfPresent(SkidSummary.self, forKey: .skid)
        findings = try container.decode([Finding].self, forKey: .findings)
        probes = try container.decode([ProbeResult].self, forKey: .probes)
        // Runs that are not there would be asked for by their place.
        let places = findings.flatMap(\.runs)
        guard places.allSatisfy(runs.indices.contains) else {
            throw DecodingError.dataCorruptedError(
                forKey: .findings, in: container, debugDescription: "a finding rests on a run that is not there")
        }
    }

    private mutating func judgeAgain(_ former: [FormerFinding], skidLimit: UInt64?) {
        let again = result.judgedAgain(skidLimit: skidLimit).addressed(to: environment)
        (verdict, reasons, findings, probes) = (again.verdict, again.reasons, again.findings, again.probes)
        (skid, cpus) = (again.skid, again.cpus)
        if induced != nil {
            for index in findings.indices {
                let before = former.first { $0.fault == findings[index].fault }
                if let before { findings[index].advice = before.advice }
            }
        }
        runs = LedgerDetail.sampled.applied(to: runs)
        schemaVersion = reportSchemaVersion
    }
}

/// The skids of format 1, which had other percentiles: they are taken from the runs again.
private struct FormerSkid: Decodable {
    var rrLimit: UInt64?
}

/// A finding of format 1: of what it said, only the advice is not judged anew.
private struct FormerFinding: Decodable {
    var fault: Fault
    var advice: String
}

/// A probe of format 1: of what it said, only why it was not asked is not judged anew.
private struct FormerProbe: Decodable {
    var id: String
    var outcome: ProbeOutcome
    var reason: String
    var runs: Int
    var disturbedRuns: Int

    var result: ProbeResult {
        ProbeResult(
            id: id, question: "", title: "", outcome: outcome, answer: reason, runs: runs, disturbedRuns: disturbedRuns)
    }
}
