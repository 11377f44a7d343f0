import Bytes
import Model

/// Qualified names of what a case holds, and which texts and resources have one name for all their uses.
struct ProvenanceNames {
  /// Distinct texts, and distinct resources, that share a name; of more, each use has its own.
  static let sharedLimit = 1 << 20

  /// The first 16 bytes of a digest.
  struct Key: Hashable {
    var upper: UInt64
    var lower: UInt64

    init(_ digest: Digest) {
      func number(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
      (upper, lower) = (number(digest.bytes.prefix(8)), number(digest.bytes.dropFirst(8).prefix(8)))
    }
  }

  private var shared: Set<Key> = []
  private let limit: Int

  init(limit: Int = Self.sharedLimit) { self.limit = limit }

  /// Whether this is the first use of a shared name, or a use of its own, and so is to be declared.
  mutating func declares(_ digest: Digest) -> Bool {
    let key = Key(digest)
    if shared.contains(key) { return false }
    if shared.count < limit { shared.insert(key) }
    return true
  }

  /// The name for this use, the same in every walk once all were declared.
  func name(_ prefix: String, _ digest: Digest, use: String) -> String {
    shared.contains(Key(digest))
      ? "case:\(prefix)-\(digest.bytes.prefix(16).hex)"
      : "case:\(prefix)-\(digest.bytes.prefix(8).hex)-\(Self.local(use))"
  }

  /// The name of something that has an id of its own.
  static func of(_ id: String) -> String { "case:\(local(id))" }

  /// A name for something that has none of its own, by what sets it apart.
  static func of(_ prefix: String, _ parts: [String]) -> String {
    "case:\(prefix)-\(digest(of: parts).bytes.prefix(12).hex)"
  }

  /// Each part with its length before it.
  static func digest(of parts: [String]) -> Digest {
    SHA256.digest(of: parts.map { "\($0.utf8.count):\($0)" }.joined())
  }

  /// An id as the local part of a name (PROV-N, `PN_LOCAL`); what could not stand there is named by its digest.
  static func local(_ id: String) -> String {
    let isPlain = id.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
        true
      default: false
      }
    }
    let first = id.utf8.first.map { $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: ".") } ?? false
    if isPlain, first, !id.hasSuffix("."), !id.hasPrefix("x-"), id.utf8.count <= 120 { return id }
    return "x-" + SHA256.digest(of: id).bytes.prefix(16).hex
  }
}
