import Testing

@testable import Reporting

@Suite("Regressions in bug reports")
struct RegressionTests {
    @Test(
        "A kernel's release tells its tag, or nothing",
        arguments: [
            ("6.12.95+deb12-cloud-amd64", "v6.12.95"), ("5.10.0-46-amd64", "v5.10"), ("7.2.13+deb14-amd64", "v7.2.13"),
            ("6.18.0-rc3", "v6.18-rc3"), ("6.18.0-rc3-next-20260101", "v6.18-rc3"), ("6.18-custom", "v6.18"),
            ("5.4.10-rcu", "v5.4.10"), ("next", nil), ("6", nil), ("6.x.1", nil), ("", nil), ("6.1.2.3", nil),
            ("SIMULATED", nil),
        ])
    func tag(release: String, tag: String?) { #expect(Regression.tag(release) == tag) }
}
