/// Bounds on what compressed content may become.
public enum ContentLimits {
  /// Decoded bytes of one body: past it, decoding stops.
  public static let decodedLength: UInt64 = 16 << 30
  /// Decoded bytes for each coded byte that are believed once `ratioFloor` is passed. DEFLATE reaches 1,032 at most, and
  /// real content a few dozen.
  public static let ratio: UInt64 = 400
  /// Decoded bytes below which the ratio does not matter.
  public static let ratioFloor: UInt64 = 32 << 20
  /// Codings applied one over another.
  public static let codingDepth = 4
  /// Bytes of one step of decoding.
  public static let blockLength = 32 << 10
  /// Coded bytes that are decoded in one go; bounds are checked at its multiples, wherever pieces end.
  public static let stepLength: UInt64 = 4 << 10
  /// Bytes that one such step may become before its bytes are decoded one by one.
  public static let scoutedLength = 4 << 20
  /// Coded bytes kept until something is decoded, so that content that is not coded as it says is kept as it is.
  public static let replayLength = 64 << 10
  /// zstd's window: what browsers allow (RFC 8878 §3.1.1.1.2 asks for 8 MiB at least), as a power of two.
  public static let zstdWindowLog: Int32 = 27
  /// Content of no known type that is shown as text when it is well-formed.
  public static let unknownTextLength: UInt64 = 1 << 20
  /// Bytes of one server-sent event.
  public static let eventLength = 1 << 20

  /// Decoded bytes that so many coded ones may give.
  public static func decodedLimit(coded: UInt64) -> UInt64 {
    let steps = coded / stepLength + (coded % stepLength == 0 ? 0 : 1)
    let (believed, isOver) = (steps * stepLength).multipliedReportingOverflow(by: ratio)
    return min(decodedLength, isOver ? decodedLength : max(ratioFloor, believed))
  }
}
