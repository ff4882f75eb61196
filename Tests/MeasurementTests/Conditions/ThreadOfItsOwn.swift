import Glibc

/// Runs something on a thread with a descriptor table of its own, so that what is left behind there can be counted
/// while other tests open and close theirs.
struct ThreadOfItsOwn {
    /// What a thread had before and after.
    struct Belongings: Equatable {
        var descriptors: [String]
        var hasChildren: Bool
    }

    private final class Work {
        let body: () -> Void
        init(_ body: @escaping () -> Void) { self.body = body }
    }

    /// What was there before the body ran, and after it.
    static func belongings(around body: () -> Void) -> (before: Belongings?, after: Belongings?) {
        var result: (Belongings?, Belongings?) = (nil, nil)
        withoutActuallyEscaping(body) { body in
            withUnsafeMutablePointer(to: &result) { result in
                run {
                    guard unshareDescriptors() else { return }
                    result.pointee.0 = now()
                    body()
                    result.pointee.1 = now()
                }
            }
        }
        return result
    }

    private static func run(_ body: () -> Void) {
        withoutActuallyEscaping(body) { body in
            let work = Unmanaged.passRetained(Work(body))
            var thread = pthread_t()
            let created = pthread_create(
                &thread, nil,
                { argument in
                    guard let argument else { return nil }
                    Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body()
                    return nil
                }, work.toOpaque())
            if created == 0 { pthread_join(thread, nil) } else { work.release() }
        }
    }

    /// unshare(2), which the C library shows only to those who ask for its extensions.
    private static func unshareDescriptors() -> Bool {
        typealias Unshare = @convention(c) (CInt) -> CInt
        guard let symbol = dlsym(nil, "unshare") else { return false }
        return unsafeBitCast(symbol, to: Unshare.self)(0x400) == 0  // CLONE_FILES
    }

    private static func now() -> Belongings? {
        guard let folder = opendir("/proc/thread-self/fd") else { return nil }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            names.append(
                withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) })
        }
        // __WNOTHREAD: this thread's own children; __WALL: of every kind. Nothing is reaped unless it should not be.
        let waited = waitpid(-1, nil, WNOHANG | 0x2000_0000 | 0x4000_0000)
        return Belongings(descriptors: names.sorted(), hasChildren: !(waited == -1 && errno == ECHILD))
    }
}
