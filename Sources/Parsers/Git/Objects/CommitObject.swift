import Bytes
import Model

/// A commit as it is stored: head lines, an empty line, the message.
struct CommitObject {
  /// `Name <mail> 1700000000 +0100`
  struct Person {
    var text: String
    var at: Timestamp?
    var zone: String
    var seconds: Int64

    init(_ line: Span<UInt8>) {
      let bytes = line.array
      // The mail may hold anything; what follows the last '>' is the time.
      guard let close = bytes.lastIndex(of: 0x3e) else {
        (text, at, zone, seconds) = (line.string, nil, "", 0)
        return
      }
      text = bytes[...close].withSpan { $0.string }
      let rest = bytes[(close + 1)...].split(separator: 0x20).map { String(decoding: $0, as: UTF8.self) }
      seconds = rest.first.flatMap { Int64($0) } ?? 0
      zone = rest.count > 1 ? rest[1] : ""
      let (nanoseconds, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
      at = rest.isEmpty || overflow ? nil : Timestamp(nanoseconds: nanoseconds)
    }
  }

  private(set) var tree: ObjectID?
  private(set) var parents: [ObjectID] = []
  private(set) var author: Person?
  private(set) var committer: Person?
  private(set) var encoding: String?
  /// `gpg`, `ssh`, `x509`, as the armour of `gpgsig` says.
  private(set) var signature: String?
  /// Where the message begins, behind the empty line.
  private(set) var messageStart: Int

  /// - Returns: Nil when it has no tree.
  init?(_ bytes: [UInt8]) {
    let span = bytes.span
    var index = 0
    messageStart = bytes.count
    while index < span.count {
      let end = span.firstIndex(of: 0x0a, from: index) ?? span.count
      let line = span.extracting(index..<end)
      index = min(end + 1, span.count)
      if line.isEmpty {
        messageStart = index
        break
      }
      if line.starts(with: "tree "), tree == nil {
        tree = ObjectID(hex: line.extracting(droppingFirst: 5))
      } else if line.starts(with: "parent "), parents.count < GitLimits.items {
        if let parent = ObjectID(hex: line.extracting(droppingFirst: 7)) { parents.append(parent) }
      } else if line.starts(with: "author "), author == nil {
        author = Person(line.extracting(droppingFirst: 7))
      } else if line.starts(with: "committer "), committer == nil {
        committer = Person(line.extracting(droppingFirst: 10))
      } else if line.starts(with: "encoding ") {
        encoding = line.extracting(droppingFirst: 9).string
      } else if line.starts(with: "gpgsig") {
        signature = Self.armour(line)
      }
    }
    guard tree != nil else { return nil }
  }

  /// `gpgsig -----BEGIN PGP SIGNATURE-----`; `gpgsig-sha256` is the same for the other format.
  private static func armour(_ line: Span<UInt8>) -> String {
    let text = line.string
    if text.contains("BEGIN SSH SIGNATURE") { return "ssh" }
    // X.509 signatures by gpgsm.
    if text.contains("BEGIN SIGNED MESSAGE") { return "x509" }
    return "gpg"
  }
}

extension ArraySlice where Element == UInt8 {
  func withSpan<R>(_ body: (Span<UInt8>) -> R) -> R { body(self.span) }
}
