/// A name that every test protocol takes for one word: LKFT, LAVA and KCIDB all keep histories by such names.
///
/// - Returns: The text with each run of anything but ASCII letters, digits, `-` and `_` made one `-`; "unnamed" for
///   nothing.
func slug(_ text: String) -> String {
    var result: [UInt8] = []
    for byte in text.utf8 {
        if isSlugByte(byte) { result.append(byte) } else if result.last != UInt8(ascii: "-") { result.append(0x2D) }
    }
    return result.isEmpty ? "unnamed" : String(decoding: result, as: UTF8.self)
}

func isSlugByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
        true
    default: false
    }
}
