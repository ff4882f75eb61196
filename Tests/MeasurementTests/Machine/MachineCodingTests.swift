import Foundation
import Testing

@testable import Measurement

@Suite("The machine in a report")
struct MachineCodingTests {
    private func object(_ machine: Machine) throws -> [String: Any] {
        let data = try JSONEncoder().encode(machine)
        return try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
    }

    @Test("What is absent is left out")
    func absent() throws {
        let object = try object(FixtureMachine.read([:]))
        #expect(object["hypervisor"] == nil && object["libpfm"] == nil && object["interrupts"] == nil)
        #expect((object["kernel"] as? [String: Any])?["release"] == nil)
    }

    @Test(
        "Writing and reading gives the same machine",
        arguments: [
            FixtureMachine.bareSkylake, FixtureMachine.alderLake, FixtureMachine.arm, FixtureMachine.guestWithoutPMU,
        ])
    func roundTrip(texts: [String: String]) throws {
        let machine = try FixtureMachine.read(texts)
        let data = try JSONEncoder().encode(machine)
        #expect(try JSONDecoder().decode(Machine.self, from: data) == machine)
    }
}
