extension RRMicroarchitecture {
    private static func arm(
        _ name: String, implementer: Int = 0x41, _ parts: [Int], rawEvent: UInt64? = 0x21, skid: UInt64
    ) -> ArmRow {
        ArmRow(
            value: RRMicroarchitecture(
                name: name, rawEvent: rawEvent, skidLimit: skid, isSkidUnbounded: false, countsTakenBranches: true,
                needsFreezeOnSMI: false),
            implementer: implementer, parts: parts)
    }

    /// By implementer and part of `MIDR_EL1`.
    static let arm: [ArmRow] = [
        arm("Arm Neoverse N1", [0xd0c], skid: 1_000), arm("Arm Neoverse N2", [0xd49], skid: 1_000),
        arm("Arm Neoverse N3", [0xd8e], skid: 1_000), arm("Arm Neoverse V1", [0xd40], skid: 1_000),
        arm("Arm Neoverse V2", [0xd4f], skid: 1_000), arm("Arm Neoverse V3", [0xd83, 0xd84], skid: 1_000),
        arm("Arm Neoverse E1", [0xd4a], rawEvent: nil, skid: 0),
        arm("Arm Cortex-A55, A75", [0xd05, 0xd0a], rawEvent: nil, skid: 0),
        arm("Arm Cortex-A520", [0xd80], rawEvent: nil, skid: 0),
        arm("Arm Cortex-A76", [0xd0b], skid: 10_000), arm("Arm Cortex-A77", [0xd0d], skid: 10_000),
        arm("Arm Cortex-A78", [0xd41, 0xd4b], skid: 10_000), arm("Arm Cortex-X1", [0xd44, 0xd4c], skid: 10_000),
        arm("Qualcomm Kryo Gold", implementer: 0x51, [0x804], skid: 10_000),
        arm("Arm Cortex-A720", [0xd81], skid: 1_000),
        arm("AmpereOne", implementer: 0xc0, [0xac3], skid: 1_000),
        arm("Qualcomm Oryon X1", implementer: 0x51, [0x001], skid: 10_000),
        arm(
            "Apple M1, M2", implementer: 0x61,
            [0x22, 0x24, 0x28, 0x23, 0x25, 0x29, 0x32, 0x34, 0x38, 0x33, 0x35, 0x39], rawEvent: 0x90, skid: 1_000),
    ]
}
