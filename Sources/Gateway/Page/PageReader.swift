import Model
import SSHKeys

/// Who is logged in to the page.
struct PageReader: Sendable {
  /// A principal of the signers.
  var name: String
  /// The key that he signs with: a browser's with its certificate, or a security token's.
  var key: SSHPublicKey
  var until: Timestamp
}
