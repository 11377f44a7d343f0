import Bytes

/// Computes ids of objects and checksums of packs.
struct ObjectHasher {
  private enum Algorithm {
    case sha1(SHA1)
    case sha256(SHA256)
  }

  let format: ObjectFormat
  private let algorithm: Algorithm

  init(_ format: ObjectFormat) {
    self.format = format
    algorithm = format == .sha1 ? .sha1(SHA1()) : .sha256(SHA256())
  }

  func update(_ bytes: Span<UInt8>) {
    switch algorithm {
    case .sha1(let hash): hash.update(bytes)
    case .sha256(let hash): hash.update(bytes)
    }
  }

  /// The value of all updates; ready for the next message afterwards.
  func finish() -> [UInt8] {
    switch algorithm {
    case .sha1(let hash): hash.finish()
    case .sha256(let hash): hash.finish().bytes
    }
  }

  /// Begins an object: `blob 12` and a NUL.
  func begin(_ kind: ObjectKind, _ byteCount: UInt64) {
    let head = Array("\(kind.name) \(byteCount)".utf8) + [0]
    update(head.span)
  }

  func finishID() -> ObjectID? { ObjectID(finish().span, format) }

  func id(_ kind: ObjectKind, _ content: Span<UInt8>) -> ObjectID? {
    begin(kind, UInt64(content.count))
    update(content)
    return finishID()
  }
}
