import CPerf
import Glibc
import PerfEvents
import SystemPackage
import TestSupport
import Testing
import Workloads

@testable import Measurement

extension KernelBenchTests {
    @Suite("What a condition asks for does happen")
    struct Mechanisms {
        @Test("The program moves at every PMI, as the kernel's own samples say", .enabled(if: allowedCPUs().count > 1))
        func migration() throws {
            let record = try KernelBenchTests.run(in: Condition(.migration), iterations: 1000)
            #expect(record.pmis == 10 && record.migrations == 10)
            #expect(
                try KernelBenchTests.run(try #require(Workload.named("tight-loop")), .besideSameEvent).migrations == 0)
        }

        @Test("A thread that may use one CPU cannot move")
        func oneCPU() throws {
            let pinned = try PinnedThread(cpu: KernelBenchTests.cpu)
            let reason = try KernelBenchTests.refusal(of: Condition(.migration))
            _ = consume pinned
            #expect(try #require(reason).contains("is the only CPU"))
        }

        @Test("On a hybrid CPU it moves within its core type only")
        func hybrid() throws {
            let folder = PMUDevice.folder
            let tree = try FixtureTree([
                "\(folder)/cpu_core/type": "4", "\(folder)/cpu_core/cpus": "0-1",
                "\(folder)/cpu_atom/type": "10", "\(folder)/cpu_atom/cpus": "2",
            ])
            let core = try #require(PMUDevice(name: "cpu_core", root: tree.root))
            let atom = try #require(PMUDevice(name: "cpu_atom", root: tree.root))
            let condition = Condition(.migration)
            func target(from cpu: Int, _ pmu: PMUDevice?) throws -> Int {
                try MigrationTarget.other(than: cpu, among: [0, 1, 2], pmu: pmu).get(orUnavailable: condition)
            }
            #expect(try target(from: 1, core) == 0)
            #expect(try target(from: 0, core) == 1)
            #expect(try target(from: 2, nil) == 0)
            #expect {
                _ = try target(from: 2, atom)
            } throws: { error in
                (error as? MeasurementError)?.refusal?.contains("cpu_atom") == true
            }
        }

        @Test("The competitor uses the same CPU, and is gone afterwards")
        func competitor() throws {
            let pinned = try PinnedThread(cpu: KernelBenchTests.cpu)
            let competitor = try Competitor(Condition(.sharedCPU))
            let process = competitor.processID
            let allowed = SystemFiles().text("/proc/\(process)/status")?.split(separator: "\n")
                .first { $0.hasPrefix("Cpus_allowed_list:") }?.split(separator: "\t").last
            #expect(allowed == "\(pinned.cpu)")
            var clock = clockid_t()
            #expect(clock_getcpuclockid(process, &clock) == 0)
            // This thread gives way until the other one has run, which never gives way by itself.
            var used = timespec()
            var yields = 0
            while used.tv_sec == 0, used.tv_nsec == 0, yields < 1_000_000 {
                sched_yield()
                yields += 1
                #expect(clock_gettime(clock, &used) == 0)
            }
            #expect(used.tv_sec > 0 || used.tv_nsec > 0)
            _ = consume competitor
            _ = consume pinned
            #expect(kill(process, 0) == -1 && errno == ESRCH)
        }

        @Test("A run of half a second beside it is interrupted by it, and exact")
        func competes() throws {
            let record = try KernelBenchTests.run(
                in: Condition(.sharedCPU), .countingAlone, iterations: 20_000)
            #expect(record.involuntarySwitches > 0)
            #expect(record.deviation == 0)
        }

        @Test("Signals come, and afterwards handler, mask and queue are as they were")
        func signals() throws {
            let number = SIGSTKFLT
            var handler = sigaction()
            handler.__sigaction_handler.sa_handler = SIG_IGN
            var original = sigaction()
            #expect(sigaction(number, &handler, &original) == 0)
            defer { sigaction(number, &original, nil) }
            var maskBefore = sigset_t()
            pthread_sigmask(SIG_BLOCK, nil, &maskBefore)
            let record = try KernelBenchTests.run(in: Condition(.signals), iterations: 2000)
            #expect(try #require(record.signals) > 0)
            #expect(record.deviation == 0 && record.samplerDeviation == 0)
            var now = sigaction()
            sigaction(number, nil, &now)
            #expect(unsafeBitCast(now.__sigaction_handler.sa_handler, to: Int.self) == 1)  // SIG_IGN
            var maskAfter = sigset_t()
            var pending = sigset_t()
            pthread_sigmask(SIG_BLOCK, nil, &maskAfter)
            sigpending(&pending)
            #expect((1..<65).map { sigismember(&maskBefore, $0) } == (1..<65).map { sigismember(&maskAfter, $0) })
            #expect(sigismember(&pending, number) == 0)
        }

        @Test("Two timers at once keep the handler until the last is gone")
        func twoTimers() throws {
            var original = sigaction()
            sigaction(SIGSTKFLT, nil, &original)
            func isOriginal() -> Bool {
                var now = sigaction()
                sigaction(SIGSTKFLT, nil, &now)
                return unsafeBitCast(now.__sigaction_handler.sa_handler, to: Int.self)
                    == unsafeBitCast(original.__sigaction_handler.sa_handler, to: Int.self)
            }
            let first = try RepeatedSignal(Condition(.signals))
            let second = try RepeatedSignal(Condition(.signals))
            _ = consume first
            #expect(!isOriginal())
            _ = consume second
            #expect(isOriginal())
        }

        @Test("Signals that come faster than they can be taken end, so that the program gets on")
        func tooManySignals() throws {
            let signals = BlockedSignals()
            let repeated = try RepeatedSignal(Condition(.signals))
            for runs: UInt64 in 1...2 {
                try repeated.send(every: 1) { for _ in 0..<10_000 { getppid() } }
                #expect(repeated.delivered == runs * UInt64(CPERF_MOST_LATE_DELIVERIES))
            }
            _ = consume signals
        }

        @Test("PMIs come at the new period, the first of them too, although the old one is never reached")
        func periodChange() throws {
            let counter = try Sampler(Self.sampling(every: 1 << 60))
            try counter.counter.setPeriodWhileEnabled(7)
            let record = try KernelBenchTests.run(in: Condition(.periodChange), iterations: 100, period: 7)
            #expect(record.pmis == 14 && record.period == 7)
            #expect(record.rows.first?.counted == 7)
        }

        @Test("A period that the kernel does not take is an error that says so")
        func refusedPeriod() throws {
            let sampler = try Sampler(Self.sampling(every: 10))
            #expect {
                try sampler.counter.setPeriodWhileEnabled(1 << 63)
            } throws: { error in
                (error as? PerfError)?.code == .periodRefused
            }
        }

        private static func sampling(every period: UInt64) throws -> EventAttributes {
            let workload = try #require(Workload.named("tight-loop"))
            var attributes = EventAttributes(event: .breakpoint(executing: workload.site))
            attributes.samplePeriod = period
            return attributes
        }

        @Test(
            "The other sampler interrupts, whatever the run's own do",
            .enabled(if: KernelBenchTests.mayCountWholeCPUs, "needs root, or perf_event_paranoid 0"))
        func antagonist() throws {
            let record = try KernelBenchTests.run(in: Condition(.antagonist), .countingAlone, iterations: 5000)
            #expect(try #require(record.antagonistPMIs) > 0)
            #expect(record.pmis == 0 && record.deviation == 0)
        }

        @Test("ExtraCounters count those that found a counter")
        func extraCounters() throws {
            let record = try KernelBenchTests.run(in: Condition(.extraCounters, level: 2))
            #expect(record.extraCountersCounting == 2 && record.deviation == 0)
            #expect(try KernelBenchTests.run(in: Condition(.extraCounters, level: 0)).extraCountersCounting == 0)
        }

        /// x86 has four debug registers; the kernel refuses a breakpoint that will never have one.
        @Test("More extraCounters than there are counters are refused; the run's own event is starved by as many")
        func tooManyCompanions() throws {
            #if arch(x86_64)
                let reason = try KernelBenchTests.refusal(of: Condition(.extraCounters, level: 9))
                #expect(try #require(reason).hasPrefix("extraCounter 5: "))
                #expect {
                    _ = try KernelBenchTests.run(in: Condition(.extraCounters, level: 4))
                } throws: { error in
                    guard case MeasurementError.perf(let refused) = error else { return false }
                    return refused.code == .breakpointSlots
                }
            #endif
        }
    }
}
