/// One CPU's block of `/proc/cpuinfo`, as x86 writes it.
package func processorInformation(
    vendor: String, family: Int, model: Int, stepping: Int = 3, cpu: Int = 0, flags: String = "de pse"
) -> String {
    """
    processor\t: \(cpu)
    vendor_id\t: \(vendor)
    cpu family\t: \(family)
    model\t\t: \(model)
    model name\t: A CPU of the tests
    stepping\t: \(stepping)
    microcode\t: 0xf0
    flags\t\t: fpu vme \(flags) lahf_lm
    """
}
