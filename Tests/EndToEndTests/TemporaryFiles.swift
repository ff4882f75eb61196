import Glibc

/// Unlike `OutputDestination`, of which a process uses one at a time, many tests may do so at once.
func write(_ text: String, to path: String) {
    guard let file = fopen(path, "w") else { return }
    fwrite(text, 1, text.utf8.count, file)
    fclose(file)
}
