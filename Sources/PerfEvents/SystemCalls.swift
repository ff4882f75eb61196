import CPerf

/// The system calls that this module makes, replaceable so that tests reach the answers no healthy kernel gives.
///
/// Each answers with its result, or with -errno.
final class SystemCalls: Sendable {
    typealias Open = @Sendable (_ attributes: inout perf_event_attr, pid_t, CInt, CInt, UInt) -> CInt
    typealias Read = @Sendable (CInt, UnsafeMutableRawPointer, Int) -> Int
    typealias Control = @Sendable (CInt, cperf_event_request, _ wholeGroup: CInt) -> CInt
    typealias SetPeriod = @Sendable (CInt, UInt64) -> CInt
    typealias ChangePeriod = @Sendable (CInt, UInt64) -> CInt
    typealias GetID = @Sendable (CInt, inout UInt64) -> CInt
    typealias DeliverSignal = @Sendable (CInt, CInt, pid_t) -> CInt
    typealias Map = @Sendable (CInt, Int, inout UnsafeMutableRawPointer?) -> CInt
    typealias Unmap = @Sendable (UnsafeMutableRawPointer, Int) -> CInt
    typealias Close = @Sendable (CInt) -> CInt

    let open: Open
    let read: Read
    let control: Control
    let setPeriod: SetPeriod
    let changePeriod: ChangePeriod
    let getID: GetID
    let deliverSignal: DeliverSignal
    let map: Map
    let unmap: Unmap
    let close: Close
    /// What the machine permits, asked only when an error is explained.
    let permissionFacts: @Sendable () -> PermissionFacts

    init(
        open: @escaping Open = { cperf_event_open(&$0, $1, $2, $3, $4) },
        read: @escaping Read = { cperf_event_read($0, $1, $2) },
        control: @escaping Control = { cperf_event_control($0, $1, $2) },
        setPeriod: @escaping SetPeriod = { cperf_event_set_period($0, $1) },
        changePeriod: @escaping ChangePeriod = { cperf_event_change_period($0, $1) },
        getID: @escaping GetID = { cperf_event_id($0, &$1) },
        deliverSignal: @escaping DeliverSignal = { cperf_event_deliver_signal($0, $1, $2) },
        map: @escaping Map = { cperf_ring_map($0, $1, &$2) },
        unmap: @escaping Unmap = { cperf_ring_unmap($0, $1) },
        close: @escaping Close = { cperf_descriptor_close($0) },
        permissionFacts: @escaping @Sendable () -> PermissionFacts = { PermissionFacts.current() }
    ) {
        self.open = open
        self.read = read
        self.control = control
        self.setPeriod = setPeriod
        self.changePeriod = changePeriod
        self.getID = getID
        self.deliverSignal = deliverSignal
        self.map = map
        self.unmap = unmap
        self.close = close
        self.permissionFacts = permissionFacts
    }

    /// The running kernel.
    static let kernel = SystemCalls()
}
