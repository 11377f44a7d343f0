public import Bytes
import Model

/// What the rows are that the server sends: for one who reads them as they go by.
extension PostgresPipeline {
  /// Bytes of texts of requests that wait for answers.
  static let followedLimit = 8 << 20
  /// Longer texts are not kept: the grammar is not asked about them.
  private static let followedTextLimit = 128 << 10

  var followedBytes: Int { followsResults ? heldText : 0 }

  /// Reads a RowDescription, which `receive` takes afterwards.
  ///
  /// - Throws: `DecodeError` when it is not laid out as it should be.
  public mutating func describe(_ body: Span<UInt8>) throws(DecodeError) {
    var reader = ByteReader(body)
    let message = try RowDescriptionMessage(parsing: &reader) { text.text($0) }
    try reader.expectEnd("RowDescription")
    switch head?.kind {
    case .describe(let prepared?, _): prepared.columns = message.columns
    case .describe(nil, let portal?):
      portal.columns = message.columns
      portal.statement?.columns = message.columns
    case .query: openShape = RowShape(columns: message.columns, formats: message.formats)
    default: break
    }
  }

  /// Of the rows that come now; nil when it is not known what they are.
  public var rowShape: RowShape? {
    switch head?.kind {
    case .query: return openShape
    case .execute(let portal?):
      guard portal.incompleteReason == nil, let columns = portal.columns ?? portal.statement?.columns else {
        return nil
      }
      return RowShape(columns: columns, formats: portal.resultFormats)
    default: return nil
    }
  }

  /// The request that is answered now, and how many of its statements were answered before.
  public var answerSource: (source: AnswerSource, number: Int)? {
    guard let head, var source = head.source else { return nil }
    if case .execute(let portal) = head.kind { source.text = portal?.statement.flatMap { $0.isExact ? $0.text : nil } }
    return (source, openNumber)
  }

  /// One statement of a simple query is answered.
  mutating func followStatement() {
    openShape = nil
    openNumber += 1
  }

  /// A request is answered.
  mutating func followEnd() {
    openShape = nil
    openNumber = 0
    heldText -= head?.source?.text?.utf8.count ?? 0
  }

  mutating func source(_ type: UInt8, _ body: Span<UInt8>, _ isWhole: Bool) -> AnswerSource {
    var source = AnswerSource(text: nil, offset: requestOffset)
    var reader = ByteReader(body)
    switch type {
    case FrontendType.query where isWhole && body.count <= Self.followedTextLimit:
      if let bytes = try? reader.readCString("query") {
        let (query, isExact) = decode(bytes)
        if isExact { source.text = query }
      }
    case FrontendType.functionCall:
      // What cannot be told is taken for the format in which less is shown.
      source.isResultBinary = (try? FunctionCallMessage(parsing: &reader))?.isResultBinary ?? true
    default: break
    }
    heldText += source.text?.utf8.count ?? 0
    return source
  }

  /// The portal that a Describe names.
  @_lifetime(reader: copy reader)
  func described(_ reader: inout ByteReader) -> Portal? {
    guard followsResults, case .portal(let name)? = try? TargetMessage(parsing: &reader) else { return nil }
    return portals[name]
  }

  /// The formats that a Bind asks for; nil where they are not read.
  func resultFormats(_ body: Span<UInt8>) -> [UInt16]? {
    guard followsResults else { return nil }
    var reader = ByteReader(body)
    return (try? BindMessage(parsing: &reader))?.resultFormats
  }
}
