// Question: does a hypervisor lose branches where it steps in for an instruction? VMware has (rr issue 4079).
//
// An iteration branches (taken where an odd number of iterations remain, over a nop), executes an instruction that a
// hypervisor (x86-64: cpuid) or the kernel (aarch64: mrs of MIDR_EL1) carries out in its stead, and ends with the
// closing pair. 2 branches. x86-64: test, jnz, xor, xor, cpuid, dec, jnz: 7 instructions, and one before and one after
// the loop that keep a register of the caller's. aarch64: tbnz, mrs, sub, cbnz: 4. The nop in the even iterations.

extension Workload {
    static let cpuIdentification = Workload(
        name: "cpu-identification",
        summary: "an instruction that the hypervisor carries out, between the branches"
    ) { n in
        WideFigures(
            conditionalBranches: 2 * n, takenConditionalBranches: n.iterationsWithBit(0) + n - 1,
            instructions: .perArchitecture(x86_64: 7, aarch64: 4) * n + n.iterationsWithoutBit(0)
                + .perArchitecture(x86_64: 2, aarch64: 0)
        ).insideWindow()
    }
}
