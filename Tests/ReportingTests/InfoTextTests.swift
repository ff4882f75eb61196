import Foundation
import Measurement
import Testing

@testable import Reporting

@Suite("What info says of a machine, by its files")
struct InfoTextTests {
    /// The text of `truecount info` for a machine with these files.
    private func text(_ files: [String: String]) throws -> String {
        let root = FileManager.default.temporaryDirectory.appending(path: "truecount-info-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: root) }
        for (path, text) in files {
            let file = root.appending(path: path)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
        }
        return InfoReport(Machine.read(root: root.path())).text()
    }

    private func files(vendor: String, family: Int, model: Int, msr: [UInt8]) -> [String: String] {
        [
            "proc/cpuinfo":
                "processor\t: 0\nvendor_id\t: \(vendor)\ncpu family\t: \(family)\nmodel\t\t: \(model)\nstepping\t: 1\n",
            "proc/sys/kernel/perf_event_paranoid": "1", "sys/devices/system/cpu/online": "0",
            "sys/bus/event_source/devices/cpu/type": "4",
            // The register's value lies at the offset of its number.
            "dev/cpu/0/msr": String(decoding: [UInt8](repeating: 0, count: 0x1d9) + msr, as: UTF8.self),
        ]
    }

    @Test("An AMD CPU has DebugCtl, and nothing that only Intel has")
    func amd() throws {
        var files = files(vendor: "AuthenticAMD", family: 25, model: 0x61, msr: [0, 0x10, 0, 0, 0, 0, 0, 0])
        files["sys/module/kvm_amd/parameters/enable_mediated_pmu"] = "Y\n"
        let text = try text(files)
        #expect(text.contains("DebugCtl") && text.contains("0x1000"))
        #expect(text.contains("Bit 12 (FPMCI) of DebugCtl is set"))
        for name in ["IA32_", "0x345", "0x38f", "perf_v4_pmi", "freeze_on_smi"] {
            #expect(!text.contains(name), "\(name)")
        }
        #expect(text.contains("kvm_amd.enable_mediated_pmu=Y") && text.contains("EOPNOTSUPP"))
    }

    @Test("An Intel CPU has IA32_DEBUGCTL, and nothing of AMD's")
    func intel() throws {
        let text = try text(files(vendor: "GenuineIntel", family: 6, model: 94, msr: [0, 0, 0, 0, 0, 0, 0, 0]))
        #expect(text.contains("IA32_DEBUGCTL") && text.contains("bit 12 of IA32_DEBUGCTL is clear"))
        #expect(!text.contains("FPMCI") && !text.contains("module parameters"))
    }
}
