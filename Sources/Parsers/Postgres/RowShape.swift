public import Model

/// What the rows of an answer are made of.
public struct RowShape: Sendable, Hashable {
  public var columns: [Column]
  /// As a Bind or a RowDescription gives them.
  var formats: [UInt16]

  public init(columns: [Column], formats: [UInt16]) { (self.columns, self.formats) = (columns, formats) }

  /// Whether values of a column are in binary format.
  public func isBinary(_ index: Int) -> Bool { FormatCodes.isBinary(formats, at: index) }
}

/// The request that is answered.
public struct AnswerSource: Sendable {
  /// Its statements; nil where they are not known exactly.
  public var text: String?
  /// Bytes that the client had sent before its message.
  public var offset: UInt64
  /// The result of a function call is in binary format.
  public var isResultBinary = false
}
