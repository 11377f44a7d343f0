import Bytes
import Model

extension RemoteClassifier {
  /// Content of a file, without its secrets; its true size and digest stay.
  func mask(_ content: Payload, of file: FileOperation, _ part: inout ActionPart) {
    var mask = SecretMask(hasher: secrets)
    let masked = self.masked(content, &mask)
    switch file.verb {
    case .put, .edit: part.request = masked
    default: part.response = masked
    }
    part.text = mask.text(part.text)
    part.secretHashes += mask.hashes
    part.searchText = Array(masked.bytes.span.string.utf8.prefix(WebClassifier.searchLimit))
  }

  /// The history that moved and what the server said to it, without their secrets.
  func mask(_ exchange: RepositoryExchange, _ part: inout ActionPart) {
    var mask = SecretMask(hasher: secrets)
    let history = exchange.history.map { masked($0, &mask) }
    let messages = exchange.messages.map { masked($0, &mask) }
    if exchange.operation == .push {
      (part.request, part.response) = (history, messages)
    } else {
      part.response = history
    }
    part.text = mask.text(part.text)
    part.message = part.message.map { mask.text($0) }
    part.searchText = mask.bytes(part.searchText, isText: true)
    part.secretHashes += mask.hashes
  }

  private func masked(_ content: Payload, _ mask: inout SecretMask) -> Payload {
    guard SecretTriggers.mayHold(content.bytes.span) else { return content }
    let isText = content.bytes.span.isUTF8
    let bytes = mask.sweep(mask.bytes(content.bytes, isText: isText), isText: isText)
    return bytes == content.bytes ? content : content.replacingBytes(bytes)
  }
}
