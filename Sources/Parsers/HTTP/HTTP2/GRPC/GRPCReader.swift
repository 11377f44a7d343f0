import Bytes
import Codings
import Model

/// Reads the messages of gRPC from the content of one direction: of HTTP/2, or of HTTP/1 with gRPC-Web.
///
/// Each message has five octets in front ("Length-Prefixed-Message" of the gRPC over HTTP/2 specification):
///
///     0            1                              5
///     +------------+------------------------------+------- …
///     | compressed | length, big-endian           | message
///     +------------+------------------------------+------- …
///
/// In gRPC-Web the high bit of the first octet marks the trailers, which look like fields of HTTP/1.
struct GRPCReader {
  /// The largest message that is read; servers accept 4 MiB unless told otherwise.
  static let longestMessage = 1 << 30
  /// Fields of the trailers of gRPC-Web.
  static let trailerFields = 200

  /// `gzip`, `deflate`, …, as the grpc-encoding field says.
  let encoding: String
  private let form: GRPCForm
  /// Bytes of one message that are held.
  private let limit: Int
  private var prefix: [UInt8] = []
  private var prefixAt = Timestamp.epoch
  private var message: [UInt8] = []
  /// Bytes of the message that are still to come.
  private var left = 0
  private var base64 = Base64Decoder()
  /// Trailers of gRPC-Web.
  private(set) var trailers: [HeaderField] = []
  /// What was wrong, once it was: nothing is read from then on.
  private(set) var failure: String?

  /// Begins with no content; `limit` is the bytes kept of one message.
  init(encoding: String?, form: GRPCForm = .grpc, limit: Int = PayloadBuilder.defaultLimit) {
    self.encoding = (encoding ?? "identity").lowercased()
    self.form = form
    self.limit = limit
  }

  /// Whether the content ends here as it should: between two messages.
  var isBetweenMessages: Bool { failure == nil && prefix.isEmpty && base64.isBetweenGroups }

  /// Takes content; whole messages become records.
  mutating func append(
    _ bytes: Span<UInt8>, at time: Timestamp, direction: Direction, into records: inout StreamRecordBuilder
  ) {
    guard failure == nil else { return }
    guard form == .webText else { return take(bytes, time, direction, &records) }
    var decoded: [UInt8] = []
    let isWell = base64.decode(bytes, into: &decoded)
    take(decoded.span, time, direction, &records)
    if !isWell, failure == nil { failure = "the content is no base64" }
  }

  /// Content is missing: where the next message begins cannot be known.
  mutating func lose() {
    if failure == nil { failure = "bytes are missing" }
    (prefix, message, left) = ([], [], 0)
  }

  private mutating func take(
    _ bytes: Span<UInt8>, _ time: Timestamp, _ direction: Direction, _ records: inout StreamRecordBuilder
  ) {
    var index = 0
    while true {
      if prefix.count < 5 {
        guard index < bytes.count else { return }
        if prefix.isEmpty { prefixAt = time }
        prefix.append(bytes[index])
        index += 1
        guard prefix.count == 5 else { continue }
        guard begin() else { return }
      }
      let count = min(left, bytes.count - index)
      let held = min(count, max(0, limit - message.count))
      message.append(contentsOf: bytes.extracting(index..<(index + held)))
      index += count
      left -= count
      guard left == 0 else { return }
      end(direction, &records)
      guard failure == nil else { return }
    }
  }

  /// The prefix is there.
  private mutating func begin() -> Bool {
    let flags = prefix[0]
    let length = prefix[1...].reduce(0) { $0 << 8 | Int($1) }
    let allowed: UInt8 = form == .grpc ? 0x01 : 0x81
    guard flags & ~allowed == 0 else {
      failure = "a message begins with the octet \(flags)"
      return false
    }
    guard length <= Self.longestMessage else {
      failure = "a message of \(length) bytes"
      return false
    }
    left = length
    message.removeAll(keepingCapacity: true)
    return true
  }

  private mutating func end(_ direction: Direction, _ records: inout StreamRecordBuilder) {
    let flags = prefix[0]
    prefix.removeAll(keepingCapacity: true)
    var content: [UInt8] = []
    swap(&content, &message)
    if flags & 0x01 != 0 {
      switch GRPCInflater.inflate(content.span, encoding: encoding, limit: limit) {
      case .success(let plain): content = plain
      case .failure(let error):
        failure = "\(error)"
        return
      }
    }
    if flags & 0x80 != 0 { return readTrailers(content.span) }
    records.append(StreamRecord(at: prefixAt, direction: direction, kind: .message, bytes: content))
  }

  /// `name: value` lines, without the empty line at the end.
  private mutating func readTrailers(_ bytes: Span<UInt8>) {
    for line in bytes.string.split(whereSeparator: \.isNewline).prefix(Self.trailerFields) {
      guard let colon = line.firstIndex(of: ":") else { continue }
      let value = line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
      let end = value.lastIndex { $0 != " " && $0 != "\t" }.map { value.index(after: $0) } ?? value.startIndex
      trailers.append(HeaderField(line[..<colon].lowercased(), String(value[..<end])))
    }
  }
}
