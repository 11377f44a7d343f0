/// What a peer sent that is no HTTP/1 message, or more of it than is taken; and how a client is told.
struct HTTPFault: Error, Hashable {
  /// Status of the answer.
  var status: Int
  /// One sentence for a person, without anything of the message itself.
  var reason: String

  init(_ status: Int, _ reason: String) { (self.status, self.reason) = (status, reason) }

  /// A message that two readers could read differently (RFC 9112 §11.2).
  static func malformed(_ reason: String) -> HTTPFault { HTTPFault(400, reason) }
}
