import Model

/// What is known of a session besides its transcript: keys, algorithms, certificates.
struct SessionFactList {
  struct Entry {
    let name: String
    let value: String
    let isInferred: Bool
  }

  private(set) var entries: [Entry] = []
  private(set) var omittedCount = 0

  private static let limit = 60
  private static let valueBytes = 400

  init(_ facts: [(name: String, value: String)]) {
    // What has a name of its own comes first, in the order of the handshake.
    let known = Self.names.compactMap { code, name in
      facts.first { $0.name == code }.map { (code, name, $0.value) }
    }
    let named = Set(Self.names.map(\.0))
    let others = facts.filter { !named.contains($0.name) }.map { ($0.name, $0.name, $0.value) }
    for (code, name, value) in known + others where !value.isEmpty {
      guard entries.count < Self.limit else {
        omittedCount += 1
        continue
      }
      let excerpt = Excerpt(value, limit: Self.valueBytes)
      entries.append(
        Entry(
          name: String(Excerpt(name, limit: 120).text), value: excerpt.isCut ? excerpt.text + "…" : value,
          isInferred: code.hasPrefix("ssh.inferred.")))
    }
  }

  func write(to html: inout HTMLWriter<some ReportSink>) {
    guard !entries.isEmpty else { return }
    html.element("details", .class("preview about")) { html in
      let inferred = entries.count { $0.isInferred }
      html.element(
        "summary",
        text: "About the connection: \(Figures.count(entries.count, "fact"))"
          + (inferred > 0 ? ", \(Figures.count(inferred)) inferred" : ""))
      html.element("dl", .class("commit-facts")) { html in
        for entry in entries {
          html.element("dt", text: entry.name)
          html.element("dd") { html in
            html.element("code", text: entry.value)
            if entry.isInferred { html.element("span", .class("sure"), text: " inferred from sizes and times") }
          }
        }
      }
      if omittedCount > 0 {
        html.element("p", .class("cut"), text: "\(Figures.count(omittedCount)) more are in the case file.")
      }
    }
  }

  private static let names: [(String, String)] = [
    ("ssh.client", "Client"), ("ssh.server", "Server"), ("ssh.user-key", "Key of the user"),
    ("ssh.user-certificate", "Certificate of the user"), ("ssh.auth-method", "Logged in by"),
    ("ssh.auth-methods", "Methods that were tried"), ("ssh.host-key", "Host key"),
    ("ssh.host-key-type", "Kind of host key"),
    ("ssh.host-key-verified", "Host key signed the exchange"), ("ssh.host-certificate", "Host certificate"),
    ("ssh.host-certificate-id", "Host certificate, id"), ("ssh.host-certificate-principals", "Host certificate, names"),
    ("ssh.host-certificate-authority", "Host certificate, authority"), ("ssh.kex", "Key exchange"),
    ("ssh.host-key-algorithm", "Host key algorithm"), ("ssh.cipher", "Cipher"), ("ssh.mac", "MAC"),
    ("ssh.compression", "Compression"), ("ssh.strict-kex", "Strict key exchange"),
    ("ssh.rekeys", "Times keys were changed"),
    ("ssh.hassh", "HASSH"), ("ssh.hassh-server", "HASSH of the server"), ("ssh.disconnect", "Disconnected"),
    ("ssh.inferred.authentication", "Login"), ("ssh.inferred.failed-attempts", "Failed attempts"),
    ("ssh.inferred.use", "Used for"), ("ssh.inferred.small-client-packets", "Packets like keystrokes"),
    ("ssh.inferred.bytes-from-client", "Bytes from the client"),
    ("ssh.inferred.bytes-from-server", "Bytes from the server"),
    ("tls.version", "TLS version"), ("tls.cipher", "TLS cipher"), ("tls.sni", "TLS server name"), ("tls.alpn", "ALPN"),
    ("tls.ja3", "JA3"), ("tls.ja3s", "JA3S"), ("tls.ja4", "JA4"), ("tls.certificate.subject", "Certificate, subject"),
    ("tls.certificate.issuer", "Certificate, issuer"), ("tls.certificate.names", "Certificate, names"),
    ("tls.certificate.sha256", "Certificate, SHA-256"), ("tls.certificate.not-before", "Certificate, from"),
    ("tls.certificate.not-after", "Certificate, until"),
  ]
}
