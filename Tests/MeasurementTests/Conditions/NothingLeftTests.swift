import Glibc
import Measurement
import Testing
import Workloads

extension KernelBenchTests {
    @Suite("A run under a condition leaves nothing behind")
    struct NothingLeft {
        @Test("No descriptor and no child, whether it is made or refused", arguments: Condition.Kind.allCases)
        func nothing(kind: Condition.Kind) throws {
            let (before, after) = ThreadOfItsOwn.belongings {
                for arm in Arm.allCases { _ = try? KernelBenchTests.run(in: Condition(kind), arm, iterations: 200) }
            }
            let first = try #require(before)
            #expect(!first.hasChildren)
            #expect(after == first)
        }

        @Test("Nor where the run's own events are refused after the rest was there")
        func refusedHalfway() throws {
            let (before, after) = ThreadOfItsOwn.belongings {
                for kind in [Condition.Kind.sharedCPU, .signals, .antagonist, .migration, .userSpaceRead] {
                    // No kernel takes a period of 2^63 or more.
                    _ = try? KernelBenchTests.run(in: Condition(kind), iterations: 10, period: 1 << 63)
                }
                for level: UInt64 in [3, 4, 9] {
                    _ = try? KernelBenchTests.run(in: Condition(.extraCounters, level: level), iterations: 10)
                }
            }
            let first = try #require(before)
            #expect(after == first)
        }

        @Test("What is left behind would be seen")
        func control() throws {
            let (before, after) = ThreadOfItsOwn.belongings {
                _ = open("/dev/null", O_RDONLY)
                var child = pid_t()
                let words: [UnsafeMutablePointer<CChar>?] = [strdup("true"), nil]
                _ = posix_spawnp(&child, "true", nil, nil, words, nil)
                free(words[0])
            }
            #expect(try #require(after).descriptors.count == (try #require(before)).descriptors.count + 1)
            #expect(try #require(after).hasChildren)
        }
    }
}
