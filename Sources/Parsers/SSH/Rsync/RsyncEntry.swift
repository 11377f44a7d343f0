/// A file, folder or link of rsync's list.
struct RsyncEntry {
  /// As sent, without empty components and dots.
  var name: [UInt8]
  var size: UInt64 = 0
  /// `st_mode` of POSIX.
  var mode: UInt32 = 0
  /// Seconds since the epoch.
  var modifiedAt: Int64 = 0
  /// What a symbolic link stands for.
  var target: [UInt8]?

  var isFolder: Bool { mode & 0o170000 == 0o040000 }
  var isFile: Bool { mode & 0o170000 == 0o100000 }
  var isLink: Bool { mode & 0o170000 == 0o120000 }
  var isDevice: Bool { [0o060000, 0o020000].contains(mode & 0o170000) }
  var isSpecial: Bool { [0o140000, 0o010000].contains(mode & 0o170000) }

  /// Bytes in whose order entries are numbered: in a folder files come before folders, a folder before what is in it, and
  /// the name of a folder ends with a slash.
  var order: [UInt8] {
    let parts = name.split(separator: UInt8(ascii: "/"))
    if isFolder, name == [UInt8(ascii: ".")] { return [] }
    var order: [UInt8] = []
    for (index, part) in parts.enumerated() {
      let isPath = index < parts.count - 1 || isFolder
      order.append(isPath ? 2 : 1)
      order += part
      order.append(isPath ? UInt8(ascii: "/") : 0)
    }
    return order
  }

  /// A name without empty components and dots; `.` when nothing is left.
  static func clean(_ name: [UInt8]) -> [UInt8] {
    let parts = name.split(separator: UInt8(ascii: "/")).filter { $0 != [UInt8(ascii: ".")] }
    let joined = Array(parts.joined(separator: [UInt8(ascii: "/")]))
    return joined.isEmpty ? [UInt8(ascii: ".")] : joined
  }
}
