public import Model

/// A script of curl commands that send the HTTP requests of a session again.
///
/// Methods, targets, fields and bodies are those that were sent; what belongs to one connection only (RFC 9110 §7.6.1)
/// and lengths are curl's own. Secrets come from the environment. What cannot be sent is commented out and says why.
public struct CurlExport: ReplayExport {
  public static let id = "curl"
  public static let summary = "a bash script of curl commands that send its HTTP requests again"

  public init() {}

  public func export(_ session: Session, from reading: any CaseReading, write: (String) throws -> Void) throws {
    var script = CurlScript(session, from: reading)
    try write(script.head())
    try reading.forEachCall(of: session.id) { action, head in try write(try script.add(action, head)) }
    try write(script.foot())
  }
}
