import Bytes
import Model

extension RemoteClassifier {
  /// Content of a file, without its secrets; its true size and digest stay.
  func mask(_ content: Payload, of file: FileOperation, _ part: inout ActionPart) {
    var mask = SecretMask(hasher: secrets)
    let isAnswer =
      switch file.verb {
      case .put, .edit: false
      default: true
      }
    mask.place = isAnswer ? .answer : nil
    if let name = file.path.split(separator: "/").last { SecretOutput.keep(ofFile: String(name), content.bytes, &mask) }
    let masked = GitMask.content(content, &mask)
    mask.place = nil
    if isAnswer { part.response = masked } else { part.request = masked }
    part.text = mask.text(part.text)
    part.secretHashes += mask.hashes
    part.secretPlaces.merge(mask.places) { first, _ in first }
    part.searchText = Array(masked.bytes.span.string.utf8.prefix(WebClassifier.searchLimit))
  }
}
