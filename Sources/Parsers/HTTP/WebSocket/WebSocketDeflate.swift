import Model

/// What was agreed about permessage-deflate (RFC 7692 §7).
struct WebSocketDeflate {
  var isOn = false
  var clientTakesOver = true
  var serverTakesOver = true

  init(_ fields: [HeaderField]) {
    for offer in HTTPText.list(fields.values("sec-websocket-extensions")) {
      let parts = offer.split(separator: ";").map { HTTPText.trimmed(String($0)).lowercased() }
      guard parts.first == "permessage-deflate" else { continue }
      isOn = true
      clientTakesOver = !parts.contains("client_no_context_takeover")
      serverTakesOver = !parts.contains("server_no_context_takeover")
      return
    }
  }
}
