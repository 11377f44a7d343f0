/// Finds sensitive data in bytes: in one pass, by shapes, checksums and the names that stand before values.
///
/// A bare number of nine digits is a number of social security only behind a name that says so. The name of a column is
/// given once, for all its values; in a body, names are read from what stands before the value.
public struct Detector: Sendable {
  private let hints: NameHints

  /// For bodies, statements, logs: anything whose names stand in the text.
  public init() { hints = [] }

  /// For the values of one column, `customers.card_pan` or `card_pan`.
  public init(column: String) { hints = NameReading.hints(of: column) }

  /// Whether the column's name alone says something of its values.
  public var knowsColumn: Bool { !hints.isEmpty }

  /// What stands in `bytes`, in order.
  ///
  /// - Complexity: proportional to the count of bytes, whatever they are.
  public func scan(_ bytes: Span<UInt8>) -> Detections {
    var scan = DetectorScan(hints: hints)
    scan.run(bytes)
    return scan.found
  }

  public func scan(_ bytes: [UInt8]) -> Detections { scan(bytes.span) }

  /// All that stands in `bytes`, however much it is: for masking, which must not leave any out.
  func scanAll(_ bytes: Span<UInt8>) -> [Detection] {
    var scan = DetectorScan(hints: hints, limit: .max)
    scan.run(bytes)
    return scan.found.found
  }

  /// What stands in a body.
  public static func scan(_ bytes: Span<UInt8>) -> Detections { Detector().scan(bytes) }

  public static func scan(_ bytes: [UInt8]) -> Detections { Detector().scan(bytes.span) }

  /// What stands in one value of a column; for many values make a `Detector` of the column once.
  public static func scan(_ value: Span<UInt8>, column: String) -> Detections { Detector(column: column).scan(value) }

  public static func scan(_ value: [UInt8], column: String) -> Detections {
    Detector(column: column).scan(value.span)
  }
}
