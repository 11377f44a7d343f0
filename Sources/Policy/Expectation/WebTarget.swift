/// A URL of an argument, as it is asked for: with scheme and path, without user and fragment.
struct WebTarget {
  var scheme: String
  var user: String?
  /// With its port, as written.
  var authority: String
  var host: String?
  var port: UInt16?
  /// Path and query.
  var path: String

  init?(_ text: String) {
    let text = text.utf8Part(0..<Int.max)
    guard !text.isEmpty else { return nil }
    var rest = text[...]
    if let mark = text.firstRange(of: "://") {
      scheme = text[..<mark.lowerBound].lowercased()
      rest = text[mark.upperBound...]
    } else {
      // A beginning that is not known may hold the scheme.
      scheme = text.unicodeScalars.first.map(EffectText.isMark) == true ? "" : "http"
    }
    guard scheme.isEmpty || scheme == "http" || scheme == "https" || EffectText.hasMark(scheme) else { return nil }
    let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    path = String(rest[authority.endIndex...].prefix { $0 != "#" })
    if let at = authority.lastIndex(of: "@") {
      user = EffectText.known(String(authority[..<at].prefix { $0 != ":" }))
      self.authority = String(authority[authority.index(after: at)...])
    } else {
      self.authority = String(authority)
    }
    let own = self.authority
    if let colon = own.lastIndex(of: ":"), !own.hasSuffix("]") {
      host = EffectText.known(own[..<colon].lowercased())
      port = UInt16(own[own.index(after: colon)...])
    } else {
      host = EffectText.known(own.lowercased())
      port = scheme == "https" ? 443 : scheme == "http" ? 80 : nil
    }
    let isOpen = own.unicodeScalars.last.map(EffectText.isMark) == true
    if !path.hasPrefix("/"), !isOpen { path = "/" + path }
  }

  var origin: String { scheme.isEmpty ? authority : "\(scheme)://\(authority)" }
  var text: String { origin + path }
}
