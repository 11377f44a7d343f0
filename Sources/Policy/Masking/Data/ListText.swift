/// The values within the text of an array or a row (PostgreSQL documentation, 8.15.6 and 8.16.6).
enum ListText {
  struct Leaf {
    /// Its place, quotation marks included.
    var range: Range<Int>
    var value: [UInt8]
  }

  /// Values in order, without those that are NULL; nil when the text is no array or row through and through.
  static func leaves(of bytes: [UInt8], isRow: Bool) -> [Leaf]? {
    var leaves: [Leaf] = []
    var index = 0
    // `[1:3]={…}`
    if !isRow, bytes.first == UInt8(ascii: "[") {
      guard let open = bytes.firstIndex(of: UInt8(ascii: "{")), isBounds(bytes[..<open]) else { return nil }
      index = open
    }
    var depth = 0
    let (open, close): (UInt8, UInt8) = isRow ? (0x28, 0x29) : (0x7B, 0x7D)
    while index < bytes.count {
      let byte = bytes[index]
      if byte == open, !isRow || depth == 0 {
        depth += 1
        index += 1
      } else if byte == close {
        depth -= 1
        index += 1
        if depth == 0 { return index == bytes.count ? leaves : nil }
      } else if byte == UInt8(ascii: ",") || byte == 0x20 && !isRow || byte == UInt8(ascii: ";") {
        index += 1
      } else {
        guard depth > 0, let leaf = leaf(bytes, index, isRow: isRow) else { return nil }
        index = leaf.range.upperBound
        let isNull = !isRow && bytes[leaf.range].elementsEqual("NULL".utf8)
        if !isNull { leaves.append(leaf) }
      }
    }
    return nil
  }

  /// `[1:3][-2:0]=`: pairs of numbers of 32 bits and nothing else, or anything could stand there.
  private static func isBounds(_ bytes: ArraySlice<UInt8>) -> Bool {
    guard bytes.suffix(2).elementsEqual("]=".utf8) else { return false }
    return bytes.dropLast(2).split(separator: UInt8(ascii: "]"), omittingEmptySubsequences: false).allSatisfy { pair in
      guard pair.first == UInt8(ascii: "[") else { return false }
      let ends = pair.dropFirst().split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
      return ends.count == 2 && ends.allSatisfy { Int32(String(decoding: $0, as: UTF8.self)) != nil && $0.count <= 11 }
    }
  }

  private static func leaf(_ bytes: [UInt8], _ start: Int, isRow: Bool) -> Leaf? {
    var value: [UInt8] = []
    var index = start
    var isInside = false
    while index < bytes.count {
      let byte = bytes[index]
      if byte == UInt8(ascii: "\\"), index + 1 < bytes.count {
        value.append(bytes[index + 1])
        index += 2
        continue
      }
      if byte == UInt8(ascii: "\"") {
        if isInside, index + 1 < bytes.count, bytes[index + 1] == byte {
          value.append(byte)
          index += 2
          continue
        }
        isInside.toggle()
      } else if !isInside, byte == UInt8(ascii: ",") || byte == (isRow ? 0x29 : 0x7D) || byte == 0x3B && !isRow {
        break
      } else {
        value.append(byte)
      }
      index += 1
    }
    return isInside || index == start ? nil : Leaf(range: start..<index, value: value)
  }

  /// A value as both take it.
  static func quoted(_ value: [UInt8]) -> [UInt8] {
    var out: [UInt8] = [UInt8(ascii: "\"")]
    for byte in value {
      if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { out.append(UInt8(ascii: "\\")) }
      out.append(byte)
    }
    return out + [UInt8(ascii: "\"")]
  }
}
