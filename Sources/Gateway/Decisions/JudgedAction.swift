import Model
import Policy

/// A part of a request with what the policy says of it.
struct JudgedAction {
  var action: Action
  var decision: Decision
  /// SHA-256 of what is sent besides its text, hexadecimal: a body.
  var bodySHA256: String?
}
