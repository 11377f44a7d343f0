import Codings
import Model
import NIOCore
import Policy

/// A request that is under way, and how far its answer is.
struct HTTPExchange {
  let head: RequestHead
  let place: HTTPPlace
  /// The target as the server is told it: path and query, or `*`.
  let path: String
  let body: HTTPLength
  private let limits: HTTPHeadLimits
  /// Follows the content of the request.
  var reader: BodyReader
  /// Bytes of the client before it.
  var offset: UInt64 = 0
  /// Head and content as they are recorded, as far as they are held.
  var recorded = ByteBuffer()
  /// Bytes of the content that wait for the judgement.
  var held = ByteBuffer()
  /// All of it that came is recorded when this opens.
  var gate: Outbox.Gate?
  /// The gateway itself asked for the content.
  var saidContinue = false
  var request: CallJudge.Request?
  /// Its commands, when it is a push of git and they were read.
  var push: PushCall?
  /// More of the push is held than of other requests, because people are asked.
  var awaitsPack = false
  /// Finds out what the push changes, and that.
  var study: PushStudy?
  var difference: String?
  /// An answer that is said when all of the content was thrown away.
  var belated: HTTPAnswer?
  /// What it used up of approvals.
  var uses: [ApprovalUse] = []
  /// It may be sent once more, over another connection: nothing of it does anything twice.
  var again: ByteBuffer?

  // The answer
  /// Follows its content; nil before its head came.
  var reply: BodyReader?
  var status = 0
  var keepsTarget = true
  /// The connection ends behind it.
  var isLast: Bool
  /// Of a list of tools: what came of the answer.
  var learned: ByteBuffer?
  /// Nil where no rule holds, and before the request goes on.
  var masking: HTTPMasking?

  init(_ head: RequestHead, to place: HTTPPlace, path: String, _ limits: HTTPHeadLimits) {
    (self.head, self.place, self.path, self.limits, body) = (head, place, path, limits, head.length)
    reader = BodyReader(head.length, limits)
    isLast = !head.isPersistent
  }

  /// What is held of the content, without what frames it.
  var heldContent: [ByteBuffer] {
    var (reader, places): (BodyReader, [Range<Int>]) = (BodyReader(body, limits), [])
    _ = try? reader.take(held.readableBytesView) { places.append($0) }
    return places.compactMap { held.getSlice(at: $0.lowerBound, length: $0.count) }
  }

  /// Keeps a part of an answer that is learned from, if it is not too long.
  mutating func learn(_ part: ByteBuffer) {
    guard let learned else { return }
    if learned.readableBytes + part.readableBytes <= CallJudge.answerLimit {
      self.learned?.writeImmutableBuffer(part)
    } else {
      self.learned = nil
    }
  }

  /// It carries messages of gRPC, whose trailers say how it ended.
  var isGRPC: Bool { GRPCForm(mediaType: head.fields["content-type"]) == .grpc }

  /// Methods that can be sent twice without doing more than once (RFC 9110 §9.2.2).
  var isRepeatable: Bool { ["GET", "HEAD", "OPTIONS"].contains(head.method) && reader.isDone && head.upgrade == nil }
}

/// What stands in a recording in the place of credentials.
enum CredentialMark {
  /// Fields whose values are credentials, whoever is meant to have them.
  private static let names: Set<String> = ["authorization", "proxy-authorization"]

  /// `own`: fields in which clients give the gateway's tokens, in lower case.
  static func apply(to fields: [WireField], own: Set<String>) -> [WireField] {
    fields.map { field in
      guard own.contains(field.key) || names.contains(field.key) else { return field }
      let isScheme = names.contains(field.key)
      guard isScheme, let blank = field.value.firstIndex(of: 0x20) else {
        return WireField(field.name, Redaction.mark)
      }
      let scheme = String(decoding: field.value[..<blank], as: UTF8.self)
      // Of a signature of AWS all but itself tells what is asked of whom, and proves nothing.
      if scheme.hasPrefix("AWS4-"), !own.contains(field.key) {
        return WireField(field.name, unsigned(field.text))
      }
      return WireField(field.name, "\(scheme) \(Redaction.mark)")
    }
  }

  private static func unsigned(_ text: String) -> String {
    text.split(separator: ",", omittingEmptySubsequences: false).map { part in
      let name = part.drop { $0 == " " }
      guard name.hasPrefix("Signature=") else { return String(part) }
      return String(part[..<name.startIndex]) + "Signature=" + Redaction.mark
    }.joined(separator: ",")
  }
}
