import Bytes

/// One entry of a directory.
struct TreeEntry {
  var mode: UInt32
  var name: [UInt8]
  var id: ObjectID

  static let treeMode: UInt32 = 0o40000
  static let linkMode: UInt32 = 0o120000
  static let submoduleMode: UInt32 = 0o160000

  var isTree: Bool { mode & 0o170000 == Self.treeMode }
  var isSubmodule: Bool { mode & 0o170000 == Self.submoduleMode }
  /// Regular file, symbolic link, directory or submodule.
  var type: UInt32 { mode & 0o170000 }

  /// As git sorts, a directory's name as if a slash followed: less than zero when it comes before `other`, zero when both
  /// have one place.
  func order(_ other: TreeEntry) -> Int {
    let shared = min(name.count, other.name.count)
    for index in 0..<shared where name[index] != other.name[index] {
      return Int(name[index]) - Int(other.name[index])
    }
    let mine = name.count > shared ? Int(name[shared]) : isTree ? 0x2f : 0
    let theirs = other.name.count > shared ? Int(other.name[shared]) : other.isTree ? 0x2f : 0
    if mine != theirs { return mine - theirs }
    return name.count == other.name.count ? 0 : name.count - other.name.count
  }
}

/// Walks the entries of a tree object: `100644 name`, NUL, id.
struct TreeCursor {
  private let bytes: [UInt8]
  private let format: ObjectFormat
  private var position = 0
  private(set) var isDamaged = false

  init(_ bytes: [UInt8], _ format: ObjectFormat) {
    self.bytes = bytes
    self.format = format
  }

  mutating func next() -> TreeEntry? {
    guard position < bytes.count, !isDamaged else { return nil }
    let bytes = bytes
    let span = bytes.span
    guard let space = span.firstIndex(of: 0x20, from: position), space - position <= 6,
      let nul = span.firstIndex(of: 0, from: space + 1), nul + format.byteCount < span.count,
      let id = ObjectID(span.extracting((nul + 1)..<(nul + 1 + format.byteCount)), format)
    else {
      isDamaged = true
      return nil
    }
    var mode: UInt32 = 0
    for index in position..<space {
      guard span[index] >= 0x30, span[index] <= 0x37 else {
        isDamaged = true
        return nil
      }
      mode = mode << 3 | UInt32(span[index] - 0x30)
    }
    position = nul + 1 + format.byteCount
    // Old repositories have 100664; what it means is 100644.
    if mode & 0o170000 == 0o100000 { mode = mode & 0o100 != 0 ? 0o100755 : 0o100644 }
    return TreeEntry(mode: mode, name: span.extracting((space + 1)..<nul).array, id: id)
  }
}
