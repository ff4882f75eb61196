import TestSupport
import Testing

@testable import PerfEvents

@Suite("What /proc/cpuinfo says of the CPU")
struct CPUIdentityTests {
    @Test("An Intel CPU is written as kernel logs write it")
    func intel() {
        let text = processorInformation(vendor: "GenuineIntel", family: 6, model: 94)
        #expect(CPUIdentity(processorInformation: text)?.description == "Intel 06-5e-03")
    }

    @Test("The block of the CPU asked for is read, not the first")
    func blocks() {
        let text = """
            \(processorInformation(vendor: "GenuineIntel", family: 6, model: 94, cpu: 0))

            \(processorInformation(vendor: "AuthenticAMD", family: 25, model: 97, stepping: 2, cpu: 7))
            """
        #expect(CPUIdentity(processorInformation: text, cpu: 7)?.description == "AMD 19-61-02")
        #expect(CPUIdentity(processorInformation: text)?.description == "Intel 06-5e-03")
        #expect(CPUIdentity(processorInformation: text, cpu: 3) == nil)
    }

    @Test("An Arm CPU is known by implementer and part, with the machine's own block ignored")
    func arm() {
        let text = """
            Hardware\t: a board

            processor\t: 0
            BogoMIPS\t: 243.75
            CPU implementer\t: 0x41
            CPU architecture: 8
            CPU variant\t: 0x3
            CPU part\t: 0xd0c
            CPU revision\t: 1
            """
        #expect(CPUIdentity(processorInformation: text) == .arm(implementer: 0x41, part: 0xd0c))
    }

    @Test("A text without a CPU names none", arguments: ["", "\n\n", "processor : 0\n", "::::\n: :\n", "vendor_id: x"])
    func nothing(text: String) {
        #expect(CPUIdentity(processorInformation: text) == nil)
    }
}
