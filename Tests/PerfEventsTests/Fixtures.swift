import CPerf
import Glibc
import Synchronization
import SystemPackage

@testable import PerfEvents

/// A C library function with one integer argument, called through its address so that no compiler removes the call:
/// the instruction a breakpoint counter counts, and an argument register that says which call it was.
struct CountedFunction {
    private typealias Function = @convention(c) (Int) -> Int
    private let function: Function
    let address: UInt

    init?(name: String = "labs") {
        guard let symbol = dlsym(nil, name) else { return nil }
        function = unsafeBitCast(symbol, to: Function.self)
        address = UInt(bitPattern: symbol)
    }

    /// Calls the function once with each of 1, 2, … `times`.
    func call(times: Int) {
        var argument = 1
        while argument <= times {
            _ = function(argument)
            argument += 1
        }
    }
}

#if arch(x86_64)
    /// `PERF_REG_X86_DI`: the first argument of a call.
    let firstArgumentRegister = 5
    /// `PERF_REG_X86_IP`.
    let instructionPointerRegister = 8
#else
    /// `PERF_REG_ARM64_X0`.
    let firstArgumentRegister = 0
    /// `PERF_REG_ARM64_PC`.
    let instructionPointerRegister = 32
#endif

/// Whether this kernel has breakpoint counters and lets us use them. Asked once.
let canCountBreakpoints: Bool = {
    guard let function = CountedFunction() else { return false }
    do throws(PerfError) {
        let counter = try Counter(EventAttributes(event: .breakpoint(executing: function.address)))
        return counter.descriptor >= 0
    } catch {
        return false
    }
}()

/// System calls that answer as told, and remember what was closed and unmapped.
final class FakeKernel: Sendable {
    struct State {
        var openAnswers: [CInt] = []
        var closed: [CInt] = []
        var unmapped = 0
    }
    private let state = Mutex(State())

    var closed: [CInt] { state.withLock { $0.closed } }
    var unmapped: Int { state.withLock { $0.unmapped } }

    /// - Parameters:
    ///   - opens: What each perf_event_open answers, in order; 100 after that.
    ///   - read: What read(2) answers.
    ///   - request: What each ioctl(2) answers.
    ///   - map: What mmap(2) answers.
    func calls(
        opens: [CInt] = [], read: Int = 24, request: CInt = 0, map: CInt = 0, facts: PermissionFacts = .init()
    ) -> SystemCalls {
        state.withLock { $0.openAnswers = opens.reversed() }
        return SystemCalls(
            open: { [self] _, _, _, _, _ in state.withLock { $0.openAnswers.popLast() ?? 100 } },
            read: { _, _, _ in read },
            control: { _, _, _ in request },
            setPeriod: { _, _ in request },
            getID: { _, _ in request },
            deliverSignal: { _, _, _ in request },
            map: { _, size, address in
                guard map == 0 else { return map }
                let memory = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 4096)
                memory.initializeMemory(as: UInt8.self, repeating: 0, count: size)
                address = memory
                return 0
            },
            unmap: { [self] address, _ in
                address.deallocate()
                state.withLock { $0.unmapped += 1 }
                return 0
            },
            close: { [self] descriptor in
                state.withLock { $0.closed.append(descriptor) }
                return 0
            },
            permissionFacts: { facts })
    }
}

/// The error that `body` throws, or nil.
func perfError(_ body: () throws(PerfError) -> Void) -> PerfError? {
    do throws(PerfError) {
        try body()
        return nil
    } catch {
        return error
    }
}

/// A ring in memory of our own, laid out as the kernel's.
struct SyntheticRing: ~Copyable {
    static let pageSize = 4096
    let memory: UnsafeMutableRawBufferPointer
    let dataSize: Int
    var ring: RingBuffer

    init(dataSize: Int, attributes: EventAttributes) throws(PerfError) {
        let memory = UnsafeMutableRawBufferPointer.allocate(
            byteCount: Self.pageSize + dataSize, alignment: 4096)
        memory.initializeMemory(as: UInt8.self, repeating: 0)
        self.memory = memory
        self.dataSize = dataSize
        do throws(PerfError) {
            ring = try RingBuffer(
                unsafeMemory: memory, pageSize: Self.pageSize, decoder: RecordDecoder(attributes))
        } catch {
            memory.deallocate()
            throw error
        }
    }

    deinit { memory.deallocate() }

    private var page: UnsafeMutablePointer<perf_event_mmap_page>? {
        memory.baseAddress?.assumingMemoryBound(to: perf_event_mmap_page.self)
    }

    var head: UInt64 {
        get { page?.pointee.data_head ?? 0 }
        nonmutating set { page?.pointee.data_head = newValue }
    }

    var tail: UInt64 {
        get { page?.pointee.data_tail ?? 0 }
        nonmutating set { page?.pointee.data_tail = newValue }
    }

    /// Writes words at the head, across the wrap where it comes, and moves the head.
    func write(_ words: [UInt64]) {
        for word in words {
            let offset = Self.pageSize + (Int(truncatingIfNeeded: head) & (dataSize - 1))
            memory.storeBytes(of: word, toByteOffset: offset, as: UInt64.self)
            head &+= 8
        }
    }

    /// Fills the records with words.
    func fill(_ word: () -> UInt64) {
        for offset in stride(from: Self.pageSize, to: memory.count, by: 8) {
            memory.storeBytes(of: word(), toByteOffset: offset, as: UInt64.self)
        }
    }
}

/// The first word of a record with this many words after it.
func header(kind: UInt32, flags: UInt16 = 0, words: Int) -> UInt64 {
    UInt64(kind) | UInt64(flags) << 32 | UInt64(8 + 8 * words) << 48
}

let sampleKind: UInt32 = 9

/// A small generator of known quality (SplitMix64), so that a failing seed can be run again.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
