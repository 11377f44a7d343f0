import Bytes
import Model

extension RemoteClassifier {
  /// Content of a file, without its secrets; its true size and digest stay.
  func mask(_ content: Payload, of file: FileOperation, _ part: inout ActionPart) {
    var mask = SecretMask(hasher: secrets)
    let masked = GitMask.content(content, &mask)
    switch file.verb {
    case .put, .edit: part.request = masked
    default: part.response = masked
    }
    part.text = mask.text(part.text)
    part.secretHashes += mask.hashes
    part.searchText = Array(masked.bytes.span.string.utf8.prefix(WebClassifier.searchLimit))
  }
}
