import Bytes
import Model

/// The values of a Bind or FunctionCall as they came; their types may become known later.
struct BoundValues {
  /// Lengths and values as in the message.
  var bytes: [UInt8] = []
  var count = 0
  var formats: [UInt16] = []

  /// The values as text, `limit` bytes of all of them together, and why they are not whole.
  func parameters(
    _ oids: [UInt32], text: TextDecoder, limit: Int
  ) -> (parameters: [Parameter], incompleteReason: String?) {
    guard count > 0 else { return ([], nil) }
    var reader = ByteReader(bytes.span)
    var parameters: [Parameter] = []
    parameters.reserveCapacity(min(count, bytes.count / 4))
    var room = limit
    var reason: String?
    do throws(DecodeError) {
      for index in 0..<count {
        let oid = index < oids.count ? oids[index] : 0
        let length = try reader.readInt32("parameter length")
        guard length >= 0 else {
          parameters.append(Parameter(type: PostgresType.name(oid), text: nil))
          continue
        }
        let value = try reader.read(Int(length), "parameter value")
        let isBinary = FormatCodes.isBinary(formats, at: index)
        let kept = value.extracting(first: min(value.count, max(room, 0)))
        if kept.count < value.count, reason == nil {
          reason = "parameter \(index + 1) has \(value.count) bytes, of which the first \(kept.count) are kept"
        }
        let shown =
          isBinary && kept.count == value.count
          ? BinaryValue.text(oid, kept, text: text) : isBinary ? BinaryValue.hex(kept) : text.text(kept)
        room -= shown.utf8.count
        parameters.append(Parameter(type: PostgresType.name(oid), text: shown))
      }
    } catch {
      reason = "\(count) parameters were bound, of which the first \(parameters.count) are kept"
    }
    return (parameters, reason)
  }
}
