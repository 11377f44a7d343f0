import Bytes
import Model

/// Token endpoints of OAuth 2 (RFC 6749 §3.2) and OpenID Connect.
enum OAuth: WebApplication {
  static func recognize(_ request: WebRequest) -> Bool {
    // A field of that name alone does not make a change a login.
    guard request.method == "POST", grant(request) != nil else { return false }
    let answer = request.answer
    return request.path.lowercased().contains("token") || answer?["access_token"] != nil || answer?["token_type"] != nil
  }

  private static func grant(_ request: WebRequest) -> String? {
    request.form.first { $0.name == "grant_type" }?.value ?? request.json?["grant_type"]?.string
  }

  static func parts(of request: WebRequest, in context: inout WebContext, _ sql: inout SQLClassifier) -> [CallPart] {
    let grant = grant(request) ?? ""
    let effect: Effect = grant.hasSuffix("token-exchange") ? .privilege : .session
    var result = Classification(verb: "OAUTH TOKEN", effect: effect, fingerprint: "OAUTH TOKEN \(grant)")
    result.resources = [Resource("use", "url", request.url)]
    var part = request.part(result)
    let client = request.form.first { $0.name == "client_id" }?.value ?? request.json?["client_id"]?.string
    part.identity.user = client ?? part.identity.user
    if let error = request.answer?["error"]?.string {
      part.status = .error
      part.message = request.answer?["error_description"]?.string ?? error
    }
    return [part]
  }
}
