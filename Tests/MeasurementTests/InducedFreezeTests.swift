import Glibc
import Measurement
import Testing

/// What can be said of it without a CPU that has the register; the guest lab does the rest (rows named "induced").
@Suite("A fault is induced only where it can be undone")
struct InducedFreezeTests {
    @Test(
        "A CPU that is not Intel's is refused before anything is opened", arguments: ["AuthenticAMD", nil] as [String?])
    func otherVendors(vendor: String?) {
        #expect {
            _ = try InducedFreeze(cpu: 0, vendor: vendor)
        } throws: { error in
            "\(error)".contains("only Intel's")
        }
    }

    @Test("Without the msr driver the next step is to load it", .enabled(if: access("/dev/cpu/0/msr", F_OK) != 0))
    func noDriver() {
        #expect {
            _ = try InducedFreeze(cpu: 0, vendor: "GenuineIntel")
        } throws: { error in
            "\(error)".contains("modprobe msr")
        }
    }
}
