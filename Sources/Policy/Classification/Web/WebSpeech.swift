import Bytes
public import Model

/// In whose words a call is answered by somebody who does not let it pass.
public enum WebSpeech: Sendable, Hashable {
  case plain
  /// The ids of the requests as they were written, JSON; none where it only notifies.
  case jsonRPC(ids: [String], isBatch: Bool)
  case kubernetes

  /// Reads what a call speaks, as the classification does.
  public init(_ call: Call) {
    let request = WebRequest(call, identity: Identity(), context: WebContext(server: "", isSecure: false))
    let application = WebCatalog.all.first { $0.recognize(request) }
    if application is Kubernetes.Type {
      self = .kubernetes
    } else if application is JSONRPC.Type, let json = request.json {
      let messages = (json.isArray ? json.elements : [json]).prefix(WebClassifier.partLimit)
      self = .jsonRPC(ids: messages.compactMap { $0["id"].flatMap(request.text) }, isBatch: json.isArray)
    } else {
      self = .plain
    }
  }
}
