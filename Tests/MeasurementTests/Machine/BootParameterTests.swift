import Testing

@testable import Measurement

@Suite("The kernel's command line")
struct BootParameterTests {
    @Test("Only the parameters that matter are taken, in their order")
    func order() {
        let parameters = BootParameter.parse(
            commandLine: "root=/dev/sda perf_v4_pmi=1 quiet nowatchdog isolcpus=1-3 -- nosmt")
        #expect(parameters.map(\.name) == ["perf_v4_pmi", "nowatchdog", "isolcpus"])
        #expect(parameters.map(\.value) == ["1", nil, "1-3"])
    }

    @Test("perf_v4_pmi is on for the values that the kernel takes for true", arguments: ["1", "y", "Y", "on"])
    func on(value: String) {
        #expect(BootParameter.parse(commandLine: "perf_v4_pmi=\(value)").first?.isOn == true)
    }

    @Test("perf_v4_pmi is off for the values that the kernel takes for false", arguments: ["0", "n", "off"])
    func off(value: String) {
        #expect(BootParameter.parse(commandLine: "perf_v4_pmi=\(value)").first?.isOn == false)
    }

    @Test("Hyphens are underscores and quotes keep blanks, as the kernel has it")
    func spelling() {
        #expect(BootParameter.parse(commandLine: "perf-v4-pmi=1").first?.name == "perf_v4_pmi")
        #expect(BootParameter.parse(commandLine: "dyndbg=\"file nosmt +p\" nosmt").count == 1)
    }
}
