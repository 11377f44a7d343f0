public import Bytes

/// Content that moved: a body, the rows of a result, a COPY stream. Kept up to a limit; true size and digest always known.
public struct Payload: Sendable, Hashable {
  /// How `bytes` are laid out.
  public enum Layout: String, Sendable, Hashable {
    /// Nothing but the bytes themselves.
    case bytes
    /// UTF-8 text.
    case text
    /// Rows: for each row a 16-bit cell count, then for each cell a 32-bit length (-1 for NULL) and that many bytes of
    /// text; all big-endian, as in PostgreSQL's DataRow. Columns are named by the `Column`s beside it.
    case rows
    /// Messages with their times, as `StreamRecordBuilder` writes them.
    case records

    /// Units are kept whole or not at all.
    var keepsUnitsWhole: Bool { self == .rows || self == .records }
  }

  public var layout: Layout
  /// The first bytes, up to the limit; for rows, whole rows only.
  public var bytes: [UInt8]
  /// Bytes in all.
  public var byteCount: UInt64
  /// Digest of all bytes; nil while nothing was cut, when it is the digest of `bytes`.
  public var digestOfAll: Digest?

  public var isCut: Bool { wasCut ?? (UInt64(bytes.count) < byteCount) }
  /// `bytes` were masked by a policy's rules: the same content may be masked otherwise elsewhere.
  public private(set) var isMasked = false
  /// Whether it was cut before its bytes were replaced by others, of another length; nil while they are its own.
  private var wasCut: Bool?
  public var digest: Digest { digestOfAll ?? SHA256.digest(of: bytes.span) }

  public init(layout: Layout, bytes: [UInt8]) {
    self.layout = layout
    self.bytes = bytes
    byteCount = UInt64(bytes.count)
  }

  init(layout: Layout, bytes: [UInt8], byteCount: UInt64, digestOfAll: Digest?) {
    self.layout = layout
    self.bytes = bytes
    self.byteCount = byteCount
    self.digestOfAll = digestOfAll
  }

  /// The same content with other bytes kept of it, as after redaction: true size and digest stay those of the original.
  public func replacingBytes(_ bytes: [UInt8]) -> Payload {
    var payload = Payload(layout: layout, bytes: bytes, byteCount: byteCount, digestOfAll: digest)
    (payload.isMasked, payload.wasCut) = (isMasked, isCut)
    return payload
  }
}

extension Payload {
  /// The same content with bytes that rules of masking left of it.
  public func masked(_ bytes: [UInt8]) -> Payload {
    var payload = replacingBytes(bytes)
    payload.isMasked = true
    return payload
  }
}

/// Collects a payload in bounded memory. It may be moved but not copied: a copy would count for the same share of what is held.
public struct PayloadBuilder {
  /// Default of `--body-limit`: bytes kept of one side of one exchange.
  public static let defaultLimit = 1 << 20

  public let layout: Payload.Layout
  public let limit: Int
  private var kept: [UInt8] = []
  private var total: UInt64 = 0
  private var hash: SHA256?
  private let held: HeldContent?
  /// What it has of `held`; nil while it needs none.
  private var share: HeldShare?

  /// Keeps `limit` bytes, or fewer when `held`, which bounds all contents together, says so.
  public init(layout: Payload.Layout, limit: Int = PayloadBuilder.defaultLimit, held: HeldContent? = nil) {
    self.layout = layout
    self.limit = limit
    self.held = held
  }

  public var byteCount: UInt64 { total }
  public var isEmpty: Bool { total == 0 }

  /// Adds one unit: a row with its header, or any run of bytes. Rows are kept whole or not at all.
  public mutating func append(_ unit: Span<UInt8>) {
    total += UInt64(unit.count)
    if let hash {
      hash.update(unit)
      return
    }
    let room = room(for: kept.count + unit.count)
    if kept.count + unit.count <= room {
      kept.append(contentsOf: unit)
      return
    }
    let hash = SHA256()
    hash.update(kept.span)
    hash.update(unit)
    self.hash = hash
    if !layout.keepsUnitsWhole { kept.append(contentsOf: unit.extracting(first: room - kept.count)) }
  }

  /// Of `count` bytes, those that may be kept.
  private mutating func room(for count: Int) -> Int {
    guard let held, min(count, limit) > HeldContent.least else { return min(count, limit) }
    // A unit that does not fit anyway takes nothing from the others.
    if count > limit, layout.keepsUnitsWhole { return kept.count }
    let share = self.share ?? HeldShare(held)
    self.share = share
    return share.room(for: min(count, limit))
  }

  /// Counts and hashes bytes that are part of a unit too large to be kept; nothing is kept from here on.
  public mutating func pass(_ bytes: Span<UInt8>) {
    total += UInt64(bytes.count)
    if hash == nil {
      let hash = SHA256()
      hash.update(kept.span)
      self.hash = hash
    }
    hash?.update(bytes)
  }

  /// The payload so far; the builder is empty afterwards.
  public mutating func finish() -> Payload {
    let payload = Payload(layout: layout, bytes: kept, byteCount: total, digestOfAll: hash?.finish())
    (kept, total, hash, share) = ([], 0, nil, nil)
    return payload
  }
}
