import Bytes
import Codings
import Model

/// The content of one direction of a stream, while it comes.
struct HTTP2Content {
  private var body: BodyBuilder
  private var grpc: GRPCReader?
  private let direction: Direction
  /// Bytes of DATA, without padding.
  private(set) var byteCount: UInt64 = 0
  private(set) var isLossy = false

  init(fields: [HeaderField], limit: Int, held: HeldContent?, direction: Direction, listener: CallListener?) {
    self.direction = direction
    body = BodyBuilder(fields: fields, limit: limit, held: held, direction: direction)
    body.listener = listener
    if let form = GRPCForm(mediaType: fields["content-type"]) {
      grpc = GRPCReader(encoding: fields["grpc-encoding"], form: form, limit: limit)
    }
  }

  mutating func append(_ bytes: Span<UInt8>, at time: Timestamp, into records: inout StreamRecordBuilder) {
    byteCount += UInt64(bytes.count)
    body.append(bytes, at: time)
    grpc?.append(bytes, at: time, direction: direction, into: &records)
  }

  mutating func lose(_ count: UInt64?) {
    isLossy = true
    byteCount += count ?? 0
    body.lose(count)
    grpc?.lose()
  }

  /// What became of it.
  struct Outcome {
    /// Nil when its messages were all read: they say everything.
    var body: CallBody?
    var records: Payload?
    var trailers: [HeaderField] = []
    var failure: String?
  }

  mutating func finish() -> Outcome {
    let (content, events) = body.finish()
    guard let grpc else { return Outcome(body: content, records: events) }
    let isRead = grpc.isBetweenMessages
    let failure = grpc.failure ?? (isRead ? nil : "the last message is not whole")
    return Outcome(body: isRead ? nil : content, trailers: grpc.trailers, failure: failure)
  }
}
