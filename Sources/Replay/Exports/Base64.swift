extension Sequence where Element == UInt8 {
  /// RFC 4648 §4, with padding.
  public var base64: String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var out: [UInt8] = []
    out.reserveCapacity(underestimatedCount / 3 * 4 + 4)
    var group: UInt32 = 0
    var held = 0
    func emit(_ characters: Int) {
      for index in 0..<characters { out.append(alphabet[Int(group >> UInt32(18 - 6 * index)) & 63]) }
    }
    for byte in self {
      group |= UInt32(byte) << UInt32(16 - 8 * held)
      held += 1
      if held == 3 {
        emit(4)
        (group, held) = (0, 0)
      }
    }
    if held > 0 {
      emit(held + 1)
      out.append(contentsOf: [UInt8](repeating: UInt8(ascii: "="), count: 3 - held))
    }
    return String(decoding: out, as: UTF8.self)
  }
}
