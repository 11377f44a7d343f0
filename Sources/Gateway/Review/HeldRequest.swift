import Model
import NIOCore

/// A request that waits for people, as those who decide see it. The session that holds it goes its own way.
struct HeldRequest: Sendable {
  /// One statement of it.
  struct Part: Sendable {
    var action: Action
    /// What the policy says of it.
    var rule: String
    var reason: String
    /// It is one of those that need an approval.
    var isWanting: Bool
  }

  /// What people sign, as it lies in the folder.
  struct Posted: Sendable {
    var file: String
    var text: String
    /// Of the last change, hexadecimal.
    var subject: String

    var message: [UInt8] { Array(text.utf8) }
  }

  let id: UInt64
  let session: Session
  /// The token's name.
  let identity: String
  let run: String?
  /// The target's name in the configuration.
  let target: String
  /// What is known of the prompt behind it, by name: `traceparent`, …
  let context: [(name: String, value: String)]
  /// Type of the protocol's message, how many bytes of it are a header that is no text, and all its bytes, header included.
  let type: String
  let headCount: Int
  private(set) var message: ByteBuffer
  /// The statement's text as the client sent it, now or when it prepared it.
  private(set) var text: String
  /// What it changes, as far as that can be shown: the references of a push, its commits and their differences.
  private(set) var difference: String?
  private(set) var parts: [Part]
  /// Statements before it that decide what it means, and settings that the connection began with.
  private(set) var before: [String]
  let settings: [String]
  let since: Timestamp
  let until: Timestamp
  let rule: String
  /// Nil when the folder does not take it; then nobody can approve it.
  private(set) var posted: Posted?
  /// Asks the target how many rows it may touch; nil where the configuration or the statement does not allow that.
  private(set) var estimate: RowEstimator.Question?
  /// Why it waits still.
  var reason: String

  /// Characters of a text that are kept of what is over.
  static let keptTextLimit = 400

  /// Gives back what only a decision needs.
  mutating func forgetContent() {
    message = ByteBuffer()
    text = String(text.prefix(Self.keptTextLimit))
    (difference, parts, before, posted, estimate) = (nil, [], [], nil, nil)
  }
}
