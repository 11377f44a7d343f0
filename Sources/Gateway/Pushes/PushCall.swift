import Bytes
import Codings
import Model
import NIOCore
import Parsers
import Policy

/// A push of git in a request of HTTP (gitprotocol-http(5), "Smart Service git-receive-pack"): its commands, so that there is one
/// way to read them, and how it is refused. Its pack is read by whom it is judged by.
struct PushCall {
  /// Bytes of the content that are held at least, whatever the listener holds of others.
  static let heldLength = 1 << 20
  /// Bytes of a refused push that are read and thrown away, so that git gets to its report.
  static let discardLength = 1 << 30
  /// For so long it is waited for the rest of what people are to decide about.
  static let awaiting = TimeAmount.seconds(15)

  private static let service = "git-receive-pack"
  private static let stepLength = 16 << 10

  private var reader: PushRequestReader
  /// As git wrote them, without a coding.
  let commands: [UInt8]

  /// Whether a request asks the program that takes pushes. The name may be written in more than one way; which of them is
  /// refused is said by `init`.
  static func isAsked(by head: RequestHead, path: String) -> Bool {
    guard head.method == "POST" else { return false }
    return PercentCoding.decode(pathAlone(path)).split(separator: "/").last == service[...]
  }

  private static func pathAlone(_ path: String) -> Substring { path.prefix { $0 != "?" } }

  /// Reads the commands of a request for which `isAsked` holds.
  ///
  /// - Throws: `HTTPFault` for what two servers could read in two ways, and when the commands are not all there.
  init(_ content: [ByteBuffer], of head: RequestHead, path: String, secrets: SecretHasher) throws(HTTPFault) {
    guard Self.pathAlone(path).hasSuffix("/" + Self.service) else {
      throw .malformed("the path of a push ends with /\(Self.service), as it is")
    }
    guard head.fields.values("content-type") == ["application/x-\(Self.service)-request"] else {
      throw .malformed("a push has the type application/x-\(Self.service)-request")
    }
    let codings = head.fields.values("content-encoding")
    guard codings.isEmpty || codings == ["gzip"] || codings == ["x-gzip"] else {
      throw .malformed("a push is coded by gzip or not at all")
    }
    reader = PushRequestReader(repository: "", secrets: secrets)
    let decoder = codings.isEmpty ? nil : ContentCoding.gzip.makeDecoder()
    var found: [UInt8]?
    do {
      for piece in content {
        var rest = piece
        while found == nil, let step = rest.readSlice(length: min(Self.stepLength, rest.readableBytes)),
          step.readableBytes > 0
        {
          found = try Self.read(step, decoder, &reader)
        }
      }
    } catch {
      throw .malformed("the commands of a push could be read in two ways: \(error)")
    }
    guard let found else { throw .malformed("the commands of a push are not all there, or come too slowly") }
    commands = found
  }

  /// The commands, once they are whole.
  private static func read(
    _ step: ByteBuffer, _ decoder: (any ContentDecoder)?, _ reader: inout PushRequestReader
  ) throws(DecodeError) -> [UInt8]? {
    var rest: [UInt8] = []
    guard let decoder else { return try reader.receive(fromClient: Array(step.readableBytesView), rest: &rest) }
    var (found, fault): ([UInt8]?, DecodeError?) = (nil, nil)
    let isSound = decoder.decode(step.readableBytesUInt8Span) { block in
      do throws(DecodeError) {
        let commands = try reader.receive(fromClient: block.array, rest: &rest)
        found = found ?? commands
      } catch {
        fault = error
      }
      return fault == nil && (found == nil || reader.expectsMore)
    }
    if let fault { throw fault }
    guard isSound || found != nil else {
      throw DecodeError(.mismatch, "content of a push", offset: 0, expected: "gzip", found: "something else")
    }
    return found
  }

  /// Reads commands and as much of the pack as is looked into.
  static func reader(
    _ content: [ByteBuffer], isCompressed: Bool, secrets: SecretHasher, _ objects: LateObjects?
  ) -> PushRequestReader? {
    var reader = PushRequestReader(repository: "", secrets: secrets, objects: objects)
    let decoder = isCompressed ? ContentCoding.gzip.makeDecoder() : nil
    var hasCommands = false
    do {
      for piece in content {
        var rest = piece
        while let step = rest.readSlice(length: min(stepLength, rest.readableBytes)), step.readableBytes > 0 {
          if try read(step, decoder, &reader) != nil { hasCommands = true }
          if hasCommands, !reader.expectsMore { return reader }
        }
      }
    } catch {
      return nil
    }
    return hasCommands ? reader : nil
  }

  /// Nothing is asked: git tries whether it is let in, before it sends a long one.
  var isEmpty: Bool { reader.isEmpty }

  /// Why it cannot be held against an approval.
  var obstacle: String? { reader.isExact ? nil : "a reference that is no text cannot be held against an approval" }

  /// Whether the judgement is about the same references.
  func isSame(as push: RepositoryExchange?) -> Bool {
    guard let push, push.operation == .push else { return isEmpty }
    let read = reader.updates
    guard read.count == push.updates.count else { return false }
    return zip(read, push.updates).allSatisfy { one, other in
      one.name == other.name && one.old == other.old && one.new == other.new
    }
  }

  /// What git's own program would say of a push of which it does nothing; nil when the client would not understand it.
  func refusal(_ reason: String, hint: String?) -> HTTPAnswer? {
    let report = reader.refusal(reason, hint: hint)
    guard !report.isEmpty else { return nil }
    return HTTPAnswer(
      status: 200, kind: "denied", detail: reason, type: "application/x-\(Self.service)-result", body: report)
  }
}
