import Foundation
import TestKit

/// A person with a key of ssh-keygen's.
struct Signer {
  let name: String
  let key: String

  init(_ name: String, in folder: URL, key: String? = nil) throws {
    self.name = name
    self.key = folder.appending(path: "key-\(key ?? name)").path
    try ScratchPostgres.check(
      try ScratchPostgres.run(
        "/usr/bin/ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", name, "-f", self.key]))
  }

  /// A line of the allowed signers.
  var line: String {
    get throws { "\(name)@example.com \(try String(contentsOfFile: key + ".pub", encoding: .utf8))" }
  }

  /// The signature that `ssh-keygen -Y sign` makes over a text.
  func sign(_ text: String, as namespace: String) throws -> String {
    try TemporaryFolder.with { folder in
      let file = folder.appending(path: "text")
      try text.write(to: file, atomically: true, encoding: .utf8)
      try ScratchPostgres.check(
        try ScratchPostgres.run("/usr/bin/ssh-keygen", ["-q", "-Y", "sign", "-f", key, "-n", namespace, file.path]))
      return try String(contentsOfFile: file.path + ".sig", encoding: .utf8)
    }
  }
}
