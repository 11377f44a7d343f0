/// How the data of a COPY is laid out (PostgreSQL documentation, COPY).
public struct CopyForm: Sendable, Hashable {
  public var isCSV = false
  public var isBinary = false
  public var delimiter = UInt8(ascii: "\t")
  public var quote = UInt8(ascii: "\"")
  public var escape = UInt8(ascii: "\"")
  /// What stands for NULL.
  public var null = Array("\\N".utf8)
  public var hasHeader = false

  public init(isCSV: Bool = false, hasHeader: Bool = false) {
    self.isCSV = isCSV
    self.hasHeader = hasHeader
    if isCSV { (delimiter, null) = (UInt8(ascii: ","), []) }
  }
}
