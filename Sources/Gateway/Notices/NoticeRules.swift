/// Whom the gateway tells of what waits, and how much.
struct NoticeRules: Sendable {
  /// Path and arguments.
  var command: [String]?
  /// An address that gets a POST.
  var webhook: WebAddress?
  /// The statements' text, with all that is in it, goes with it.
  var tellsText = false
  /// For one try.
  var seconds: Int64 = 10
}
