public import Bytes
public import Model

/// Says what a call of HTTP did.
public struct WebClassifier {
  /// Parts of one call, at most.
  static let partLimit = 256
  /// Resources of one part, at most.
  static let resourceLimit = 1000
  /// Bytes of words to be found by, at most.
  static let searchLimit = 8192

  private let secrets: SecretHasher
  private var sql = SQLClassifier()

  public init(secrets: SecretHasher) { self.secrets = secrets }

  /// The actions of a call, at least one, secrets redacted.
  public mutating func parts(of call: Call, in context: inout WebContext) -> [CallPart] {
    var mask = SecretMask(hasher: secrets)
    let (identity, note) = CallIdentity.read(call.head)
    let decoded = KubernetesStreams.decode(call)
    let masked = CallMask.apply(to: decoded.call, &mask)
    let request = WebRequest(masked, identity: identity, context: context)
    let application = WebCatalog.all.first { $0.recognize(request) } ?? REST.self
    var parts = application.parts(of: request, in: &context, &sql)
    if parts.isEmpty { parts = REST.parts(of: request, in: &context, &sql) }
    if parts.count > WebClassifier.partLimit {
      parts = Array(parts.prefix(WebClassifier.partLimit))
      var rest = Classification(verb: "UNKNOWN", effect: .unknown)
      rest.note = "further operations of the batch were not looked into"
      parts.append(request.part(rest))
    }
    return parts.enumerated().map { index, part in
      var part = part
      if let end = decoded.end {
        part.code = end.code
        part.status = end.code == "0" ? .ok : .error
        if end.code == nil { part.message = part.message ?? end.message }
      }
      if let note {
        part.classification.note = [part.classification.note, note].compactMap(\.self).joined(separator: "; ")
      }
      part.identity.application = part.identity.application ?? context.application
      // The content belongs to the call: the first of its parts carries it.
      if index > 0 { (part.requestBody, part.responseBody, part.records) = (nil, nil, nil) }
      if part.searchText.isEmpty { part.searchText = WebClassifier.words(of: part, request, isFirst: index == 0) }
      return finish(part, &mask)
    }
  }

  /// What the text does not show as it is read: names, decoded parts of the URL, values of parameters.
  private static func words(of part: CallPart, _ request: WebRequest, isFirst: Bool) -> [UInt8] {
    var words = [part.classification.verb] + part.classification.resources.map(\.name)
    if isFirst { words += request.segments + (request.query + request.form).flatMap { [$0.name, $0.value] } }
    if let parameters = part.parameters.flatMap({ JSONValue.document(in: Array($0.utf8)) }) {
      words += parameters.elements.compactMap(\.string)
    }
    if let message = part.message { words.append(message) }
    var seen: Set<String> = []
    var bytes: [UInt8] = []
    for word in words where !word.isEmpty && seen.insert(word).inserted {
      guard bytes.count + word.utf8.count < searchLimit else { break }
      bytes += Array(word.utf8) + [0x20]
    }
    return bytes
  }

  /// Nothing that was derived, decoded or put together holds a secret that was hidden before.
  private func finish(_ part: CallPart, _ mask: inout SecretMask) -> CallPart {
    var part = part
    part.text = mask.sweep(mask.text(part.text))
    part.code = part.code.map { mask.sweep(mask.text($0)) }
    part.message = part.message.map { mask.sweep(mask.text($0)) }
    if let parameters = part.parameters {
      let json = mask.json(Array(parameters.utf8)) ?? Array(JSONWriter.quoted(mask.text(parameters)).utf8)
      part.parameters = mask.sweep(String(decoding: json, as: UTF8.self))
    }
    part.classification.verb = mask.sweep(mask.text(part.classification.verb))
    part.classification.note = part.classification.note.map { mask.sweep($0) }
    part.classification.fingerprint = part.classification.fingerprint.map { mask.sweep(mask.text($0)) }
    if part.classification.resources.count > WebClassifier.resourceLimit {
      let more = "\(part.classification.resources.count - WebClassifier.resourceLimit) more resources"
      part.classification.resources = Array(part.classification.resources.prefix(WebClassifier.resourceLimit))
      part.classification.note = [part.classification.note, more].compactMap(\.self).joined(separator: "; ")
    }
    part.classification.resources = part.classification.resources.map {
      Resource($0.access, $0.kind, mask.sweep(mask.text($0.name, readsNames: false)))
    }
    part.identity.application = part.identity.application.map { mask.sweep(mask.text($0)) }
    part.identity.user = part.identity.user.map {
      SecretScan.isAccessKey($0) ? $0 : mask.sweep(mask.text($0, readsNames: false))
    }
    part.identity.target = part.identity.target.map { mask.sweep(mask.text($0)) }
    part.searchText = mask.sweep(mask.bytes(part.searchText, isText: true), isText: true)
    (part.secretHashes, part.secretPlaces) = (mask.hashes, mask.places)
    return part
  }
}
