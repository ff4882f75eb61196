import Measurement
import Testing

@testable import Diagnosis

@Suite("Explanations")
struct ExplanationTests {
    @Test("Every fault has one, and no slug has two")
    func faults() {
        let slugs = FaultExplanation.all.map(\.slug)
        #expect(Set(slugs).count == slugs.count)
        for fault in Fault.allCases { #expect(FaultExplanation.of(fault)?.kind == .fault, "\(fault.rawValue)") }
    }

    @Test("Every disturbance has one, marked as what it is")
    func disturbances() {
        for disturbance in Disturbance.allCases {
            #expect(FaultExplanation.of(slug: disturbance.rawValue)?.kind == .disturbance, "\(disturbance.rawValue)")
        }
        #expect(FaultExplanation.all.count == Fault.allCases.count + Disturbance.allCases.count)
    }

    @Test("Each answers every question in sentences", arguments: FaultExplanation.all)
    func completeness(explanation: FaultExplanation) {
        #expect(!explanation.summary.isEmpty && !explanation.summary.hasSuffix("."))
        let sentences = explanation.whatHappens + explanation.whatToDo + [explanation.sighting.signature]
        #expect(!explanation.whatHappens.isEmpty && !explanation.whatToDo.isEmpty)
        for sentence in sentences {
            #expect(sentence.hasSuffix(".") || sentence.hasSuffix("true\"."), "\(sentence)")
            #expect(!sentence.contains("  "), "\(sentence)")
        }
        #expect(!explanation.references.isEmpty && !explanation.mistakenFor.isEmpty)
    }

    @Test("What it names exists: probes, and the faults it is mistaken for", arguments: FaultExplanation.all)
    func names(explanation: FaultExplanation) {
        for probe in explanation.sighting.probes {
            #expect(ProbeDescription.all.contains { $0.id == probe }, "\(probe)")
        }
        #expect(explanation.kind == .disturbance || !explanation.sighting.probes.isEmpty)
        for confusion in explanation.mistakenFor {
            #expect(FaultExplanation.of(slug: confusion.slug) != nil, "\(confusion.slug)")
            #expect(confusion.slug != explanation.slug)
        }
    }

    @Test("Each reference is a row of the table of sources, and each row of the table is cited")
    func references() {
        let table = CitedSource.all.map(\.reference)
        #expect(Set(table).count == table.count)
        let cited = FaultExplanation.all.flatMap(\.references)
        for reference in cited { #expect(table.contains(reference), "\(reference.text)") }
        for reference in table { #expect(cited.contains(reference), "\(reference.text)") }
    }

    @Test("Addresses of sources are whole", arguments: CitedSource.all)
    func addresses(source: CitedSource) {
        #expect(source.reference.url?.hasPrefix("https://") != false)
    }

    @Test("A reference that the table does not have, or has twice, is not made up")
    func unknownReference() {
        #expect(FaultExplanation.Reference.cited("no such source", "rr issue").isEmpty)
        #expect(FaultExplanation.Reference.cited("rr issue 2720").count == 1)
    }
}

extension FaultExplanation: CustomTestStringConvertible {
    public var testDescription: String { slug }
}
