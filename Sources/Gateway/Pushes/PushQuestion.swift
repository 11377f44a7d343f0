import Bytes
import NIOCore

/// A request of the gateway's own to a target over HTTP, on a connection of its own, with the credential that is used there. No client
/// has a part in it, so it is not in the recording. Used on the event loop.
final class PushQuestion {
  enum Outcome {
    case answered([UInt8])
    /// Why there is nothing.
    case failed(String)
  }

  private let limits: HTTPHeadLimits
  private let answerLimit: Int
  private var finish: ((Outcome) -> Void)?
  private var line: HTTPTargetLine?
  private var reader: BodyReader?
  private var content: [UInt8] = []

  private init(_ limits: HTTPHeadLimits, answerLimit: Int, _ finish: @escaping (Outcome) -> Void) {
    (self.limits, self.answerLimit, self.finish) = (limits, answerLimit, finish)
  }

  /// Asks; `finish` is called once, unless it is stopped before.
  ///
  /// `fields`: all but what tells the message's length.
  static func ask(
    _ lines: HTTPTargetLines, _ place: HTTPPlace, _ target: String, fields: [WireField], message: [UInt8]?,
    _ limits: HTTPHeadLimits, answerLimit: Int, _ finish: @escaping (Outcome) -> Void
  ) -> PushQuestion {
    let question = PushQuestion(limits, answerLimit: answerLimit, finish)
    var buffer = ByteBuffer()
    buffer.writeString("\(message == nil ? "GET" : "POST") \(target) HTTP/1.1\r\n")
    var fields = fields + [WireField("Connection", "close")]
    if let message { fields.append(WireField("Content-Length", "\(message.count)")) }
    buffer.write(fields)
    buffer.writeBytes(message ?? [])
    lines.dial(place, true) { [weak question] way in
      guard let question, question.finish != nil else { return way.close() }
      switch way.line {
      case .failure(let error): question.end(.failed("it cannot be reached: \(error)"))
      case .success(let line):
        question.line = line
        line.question = question
        line.outbox.send(buffer, after: nil)
        line.outbox.flush()
        line.outbox.read()
      }
    }
    return question
  }

  /// Nobody wants to know any more.
  func stop() {
    finish = nil
    line?.close()
    line = nil
  }

  private func end(_ outcome: Outcome) {
    let finish = finish
    stop()
    finish?(outcome)
  }

  // MARK: What the target says

  func receive(_ line: HTTPTargetLine) {
    do throws(HTTPFault) {
      while finish != nil, line.inbox.readableBytes > 0 {
        guard reader == nil ? try readHead(line) : try readContent(line) else { return }
      }
    } catch {
      end(.failed("its answer is no HTTP: \(error.reason)"))
    }
  }

  private func readHead(_ line: HTTPTargetLine) throws(HTTPFault) -> Bool {
    let view = line.inbox.readableBytesView
    guard let length = WireLines.headLength(view, scanned: &line.scanned, endsAtLF: true) else {
      guard view.count < limits.byteCount else { throw .malformed("its head is too long") }
      return false
    }
    let head = try ResponseHead(view.prefix(length), limits)
    line.inbox.moveReaderIndex(forwardBy: length)
    line.scanned = 0
    guard head.status >= 200 else { return true }
    guard head.status == 200 else {
      end(.failed("it answers with status \(head.status)"))
      return false
    }
    guard head.fields.values("content-encoding").isEmpty else { throw .malformed("it is coded unasked") }
    reader = BodyReader(
      try HTTPLength(response: head.fields, status: head.status, minor: head.minor, to: "GET"), limits)
    endIfWhole()
    return true
  }

  private func readContent(_ line: HTTPTargetLine) throws(HTTPFault) -> Bool {
    var places: [Range<Int>] = []
    let count = try reader?.take(line.inbox.readableBytesView) { places.append($0) } ?? 0
    for place in places {
      guard place.count <= answerLimit - content.count else {
        end(.failed("it says more than \(answerLimit >> 20) MiB"))
        return false
      }
      content += line.inbox.getBytes(at: place.lowerBound, length: place.count) ?? []
    }
    line.inbox.moveReaderIndex(forwardBy: count)
    endIfWhole()
    return count > 0
  }

  private func endIfWhole() { if reader?.isDone == true { end(.answered(content)) } }

  func closed() {
    end(reader?.endsWithConnection == true ? .answered(content) : .failed("it closed the connection"))
  }
}
