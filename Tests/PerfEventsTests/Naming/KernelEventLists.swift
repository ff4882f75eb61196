import Foundation

@testable import PerfEvents

/// The files of tools/perf/pmu-events/arch, as perf's own generator reads them (tools/perf/pmu-events/jevents.py).
struct KernelEventLists {
    struct Event {
        var name: String
        var config: UInt64
        var errata: String?
        var description: String
    }

    /// The fields of an event that matter here.
    private struct Entry: Decodable {
        var EventName: String?
        var ArchStdEvent: String?
        var EventCode: String?
        var UMask: String?
        var Unit: String?
        var Errata: String?
        var BriefDescription: String?
        var PublicDescription: String?
    }

    /// With the guest lab's rows, which fetch as well.
    static let areWanted = ["on", "all"].contains(ProcessInfo.processInfo.environment["TRUECOUNT_LAB"])

    /// nil where they cannot be had, after the reason on standard error. Fetched once.
    static let folder: URL? = {
        guard areWanted else { return nil }
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Oracle/pmu-events")
        let process = Process()
        let output = Pipe()
        process.executableURL = script
        process.standardOutput = output
        guard (try? process.run()) != nil else { return nil }
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        // 3: this machine cannot fetch them. Anything else is a mistake of the script, which a test that finds nothing
        // to read then tells.
        return process.terminationStatus == 3 ? nil : URL(fileURLWithPath: text.trimmed, isDirectory: true)
    }()

    private let folder: URL
    private let x86Map: [(pattern: String, list: String)]
    private let armMap: [(identity: UInt64, list: String)]
    private let x86Lists: [String: [Entry]]
    private let standardEvents: [Entry]

    init() throws {
        guard let folder = Self.folder else { throw CocoaError(.fileNoSuchFile) }
        self.folder = folder
        x86Map = try Self.map(folder.appendingPathComponent("x86")).map { ($0[0], $0[2]) }
        armMap = try Self.map(folder.appendingPathComponent("arm64")).compactMap { line in
            UInt64(line[0].dropFirst(2), radix: 16).map { ($0, line[2]) }
        }
        var lists: [String: [Entry]] = [:]
        for list in Set(x86Map.map(\.list)) {
            lists[list] = try Self.entries(of: folder.appendingPathComponent("x86/\(list)"))
        }
        x86Lists = lists
        standardEvents = try Self.entries(in: folder.appendingPathComponent("arm64/common-and-microarch.json"))
    }

    /// Lines of "identity,version,list,kind" whose kind is core.
    private static func map(_ folder: URL) throws -> [[String]] {
        try String(contentsOf: folder.appendingPathComponent("mapfile.csv"), encoding: .utf8).split(separator: "\n")
            .map { $0.split(separator: ",").map(String.init) }.filter { $0.count == 4 && $0[3] == "core" }
    }

    private static func entries(of folder: URL) throws -> [Entry] {
        try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "json" }.flatMap { try entries(in: $0) }
    }

    /// Events of branches only: the rest, and files of metrics, are not decoded.
    private static func entries(in file: URL) throws -> [Entry] {
        let data = try Data(contentsOf: file)
        let isWanted = ["\"BR_INST_RETIRED.", "\"ex_ret_", "\"BR_RETIRED\""].contains {
            data.range(of: Data($0.utf8)) != nil
        }
        return isWanted ? try JSONDecoder().decode([Entry].self, from: data) : []
    }

    /// The list of a model, as perf finds it: the first pattern that is the whole of "vendor-family-MODEL", or of that
    /// with the stepping.
    func x86List(_ vendorAndFamily: String, model: Int, stepping: Int) -> String? {
        let identity = vendorAndFamily + String(model, radix: 16, uppercase: true)
        // Regular expressions are slow: only those that can match.
        return x86Map.first { pattern, _ in
            pattern.hasPrefix(vendorAndFamily)
                && [identity, "\(identity)-\(String(stepping, radix: 16, uppercase: true))"].contains {
                    $0.range(of: "^(?:\(pattern))$", options: .regularExpression) != nil
                }
        }?.list
    }

    /// The list of a core, whose identities have variant and revision 0 (arm64/mapfile.csv).
    func armList(implementer: Int, part: Int) -> String? {
        armMap.first { $0.identity >> 24 == implementer && ($0.identity >> 4) & 0xfff == part }?.list
    }

    /// The events of all conditional branches, taken or not, of cores of these types.
    func conditionalBranches(of list: String, coreTypes: [HybridCoreType]) -> [Event] {
        let names = [
            "BR_INST_RETIRED.CONDITIONAL", "BR_INST_RETIRED.COND", "BR_INST_RETIRED.JCC", "ex_ret_cond",
            "ex_ret_brn_cond",
        ]
        return (x86Lists[list] ?? []).filter { entry in
            entry.EventName.map(names.contains) == true
                && (coreTypes.isEmpty || coreTypes.contains { $0.pmuName == entry.Unit })
        }.map { Self.event($0, code: $0) }
    }

    /// An event of the architecture that a core's list has; its code stands in a file for all cores.
    func event(_ name: String, ofArm list: String) throws -> Event? {
        let entries = try Self.entries(of: folder.appendingPathComponent("arm64/\(list)"))
        guard let entry = entries.first(where: { $0.ArchStdEvent == name }),
            let standard = standardEvents.first(where: { $0.EventName == name })
        else { return nil }
        return Self.event(entry, code: standard)
    }

    /// Unit mask bits above 7 go to bits 40-47 (format/umask of the kernel's PMUs: config:8-15,40-47).
    private static func event(_ entry: Entry, code: Entry) -> Event {
        func number(_ text: String?) -> UInt64 { text.flatMap { UInt64($0.dropFirst(2), radix: 16) } ?? 0 }
        let mask = number(code.UMask)
        return Event(
            name: code.EventName ?? "", config: number(code.EventCode) | (mask & 0xff) << 8 | (mask >> 8) << 40,
            errata: entry.Errata, description: entry.PublicDescription ?? entry.BriefDescription ?? "")
    }
}
