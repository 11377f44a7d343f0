public import Bytes
public import Model

/// Says what the requests and commands that a server's log tells of do, by the same rules as for those of captures.
///
/// Statements of PostgreSQL are not its business: they are read as those of a session are.
public struct ServerRecordClassifier {
  private let secrets: SecretHasher
  private let shell: ShellClassifier
  private var web: WebClassifier

  public init(secrets: SecretHasher) {
    self.secrets = secrets
    shell = ShellClassifier(secrets: secrets)
    web = WebClassifier(secrets: secrets)
  }

  /// The record without secrets, what it does, and the keyed hashes of the secrets.
  public mutating func read(
    _ record: ServerRecord
  ) -> (record: ServerRecord, classification: Classification, secretHashes: [String]) {
    var mask = SecretMask(hasher: secrets)
    var record = record
    record.message = record.message.map { mask.sweep(mask.text($0)) }
    record.application = record.application.map { mask.sweep(mask.text($0)) }
    record.target = record.target.map { mask.sweep(mask.text($0, readsNames: false)) }
    switch (record.kind, record.protocolName) {
    case (.request, "http"):
      let found = request(&record)
      return (record, found.classification, mask.hashes + found.secretHashes)
    case (.command, _) where !ServerRecordClassifier.isSession(record.text):
      let reading = shell.classify(record.text)
      record.text = reading.text
      return (record, reading.classification, mask.hashes + reading.secretHashes)
    default:
      record.text = mask.sweep(mask.text(record.text))
      return (record, Self.classification(of: record), mask.hashes)
    }
  }

  /// sshd tells that something was started, not what.
  private static func isSession(_ text: String) -> Bool {
    text == "command" || text == "shell" || text.hasPrefix("shell on ") || text.hasPrefix("subsystem ")
  }

  private static func classification(of record: ServerRecord) -> Classification {
    switch record.kind {
    case .login: return Classification(verb: "LOGIN", effect: .session)
    case .connection: return Classification(verb: "CONNECT", effect: .session)
    case .disconnection: return Classification(verb: "DISCONNECT", effect: .session)
    case .command where record.text.hasPrefix("subsystem "):
      return Classification(
        verb: "SUBSYSTEM", effect: .unknown, note: "the server's log tells that it was started, not what it did")
    case .command:
      return Classification(
        verb: record.text == "command" ? "EXEC" : "SHELL", effect: .execute,
        note: "the server's log tells that it was started, not what it did")
    case .request: return Classification(verb: "UNKNOWN", effect: .unknown)
    }
  }

  /// As the request would be read that a capture shows, without its content.
  private mutating func request(
    _ record: inout ServerRecord
  ) -> (classification: Classification, secretHashes: [String]) {
    let parts = record.text.split(separator: " ", maxSplits: 1).map(String.init)
    guard parts.count == 2, let method = parts.first, let target = parts.last, !method.contains(":") else {
      var mask = SecretMask(hasher: secrets)
      record.text = mask.sweep(mask.text(record.text))
      let verb = record.text.prefix { $0 != " " }
      return (Classification(verb: String(verb), effect: Self.effect(ofAPI: String(verb))), mask.hashes)
    }
    var head = CallHead(version: "1.1", method: method, target: target)
    head.authority = record.target ?? record.server
    head.status = record.code.flatMap { Int($0) }
    if let authority = head.authority { head.requestFields.append(HeaderField("Host", authority)) }
    if let agent = record.application { head.requestFields.append(HeaderField("User-Agent", agent)) }
    var context = WebContext(server: record.server ?? record.target ?? "", isSecure: false)
    guard let part = web.parts(of: Call(head: head), in: &context).first else {
      return (Classification(verb: method, effect: .unknown), [])
    }
    record.text = "\(part.head.method) \(part.head.target)"
    return (part.classification, part.secretHashes)
  }

  /// `s3:PutObject`: what an operation of a cloud's API does, by its name.
  private static func effect(ofAPI name: String) -> Effect {
    guard let colon = name.firstIndex(of: ":") else { return .unknown }
    return AWS.effect(ofOperation: String(name[name.index(after: colon)...]), String(name[..<colon]))
  }
}
