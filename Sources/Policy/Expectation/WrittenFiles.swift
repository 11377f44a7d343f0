import Bytes

/// What the calls of a conversation wrote into files, as far as it is known.
struct WrittenFiles: Sendable {
  /// Files remembered; the oldest are forgotten first.
  static let countLimit = 2_000
  /// Bytes of one file.
  static let fileLimit = 1 << 20
  /// Bytes of all.
  static let totalLimit = 32 << 20

  struct File: Sendable {
    /// With marks where it is not known.
    var text: String
    /// The call that wrote it last.
    var call: Int
  }

  private(set) var files: [String: File] = [:]
  /// Paths in the order in which they were first written, forgotten ones among them.
  private var order: [String] = []
  /// Paths by their last component.
  private var byName: [String: [String]] = [:]
  private var byteCount = 0

  /// The file of that path; of a path whose folder is not known the one that ends so and was written last.
  func file(_ path: String) -> (path: String, file: File)? {
    let path = WrittenFiles.normal(path)
    if let file = files[path] { return (path, file) }
    guard !EffectText.hasMark(path), !path.contains(":") else { return nil }
    // Of one of them only the end is known.
    var best: (path: String, file: File)?
    for candidate in byName[WrittenFiles.name(of: path)] ?? [] {
      guard let file = files[candidate], best.map({ $0.file.call <= file.call }) ?? true else { continue }
      let isSame =
        !path.hasPrefix("/") && candidate.hasSuffix("/" + path)
        || !candidate.hasPrefix("/") && path.hasSuffix("/" + candidate)
      if isSame { best = (candidate, file) }
    }
    return best
  }

  mutating func write(_ path: String, _ text: String, call: Int) {
    let path = WrittenFiles.normal(path)
    guard !path.isEmpty, path.utf8.count <= 4096, !path.contains("*") else { return }
    var text = text
    if text.utf8.count > WrittenFiles.fileLimit {
      text = String(decoding: text.utf8.prefix(WrittenFiles.fileLimit), as: UTF8.self) + EffectText.hole
    }
    if let known = files[path] {
      byteCount -= known.text.utf8.count
    } else {
      order.append(path)
      byName[WrittenFiles.name(of: path), default: []].append(path)
    }
    files[path] = File(text: text, call: call)
    byteCount += text.utf8.count
    var first = 0
    while files.count > WrittenFiles.countLimit || byteCount > WrittenFiles.totalLimit, first < order.count {
      forget(order[first])
      first += 1
    }
    if first > 0 { order.removeFirst(first) }
    if order.count > WrittenFiles.countLimit * 4 { order = order.filter { files[$0] != nil } }
  }

  mutating func append(_ path: String, _ text: String, call: Int) {
    write(path, (file(path)?.file.text ?? EffectText.hole) + text, call: call)
  }

  /// Puts one text in the place of another; where it does not stand, more of the file is not known.
  mutating func replace(_ path: String, _ old: String, with new: String, everywhere: Bool, call: Int) {
    guard let known = file(path) else {
      return write(path, old.isEmpty ? new : EffectText.hole + new + EffectText.hole, call: call)
    }
    let text = Array(known.file.text.utf8)
    let pattern = Array(old.utf8)
    if pattern.isEmpty { return write(known.path, known.file.text + new, call: call) }
    var out: [UInt8] = []
    var rest = text[...]
    while everywhere || out.isEmpty, let end = TextPattern.end(of: pattern, in: rest),
      out.count <= WrittenFiles.fileLimit
    {
      out += rest[..<(end - pattern.count)] + Array(new.utf8)
      let isLast = !everywhere
      rest = rest[end...]
      if isLast { break }
    }
    if rest.count == text.count {
      // An earlier change that was not seen had made it what it is.
      return write(known.path, known.file.text + EffectText.hole + new + EffectText.hole, call: call)
    }
    write(known.path, String(decoding: out + rest, as: UTF8.self), call: call)
  }

  mutating func remove(_ path: String) { if let known = file(path) { forget(known.path) } }

  private mutating func forget(_ path: String) {
    guard let file = files.removeValue(forKey: path) else { return }
    byteCount -= file.text.utf8.count
    let name = WrittenFiles.name(of: path)
    byName[name]?.removeAll { $0 == path }
    if byName[name]?.isEmpty == true { byName[name] = nil }
  }

  private static func name(of path: String) -> String {
    path.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(path[path.utf8.index(after: $0)...]) } ?? path
  }

  /// Without `.`, `..` and empty components.
  static func normal(_ path: String) -> String {
    guard path.contains("/") else { return path }
    var parts: [Substring] = []
    for part in path.split(separator: "/") where part != "." {
      if part == "..", let last = parts.last, last != "..", last != "~" {
        parts.removeLast()
      } else {
        parts.append(part)
      }
    }
    return (path.hasPrefix("/") ? "/" : "") + parts.joined(separator: "/")
  }
}
