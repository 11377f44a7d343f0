public import Bytes

/// `config`: what the recorder goes by from here on: a policy, a configuration, a program.
public struct LeafConfiguration: LeafContent {
  static let kind = "config"

  /// `policy`, `gateway`, …
  public var name: String
  public var sha256: Digest

  public init(name: String, sha256: Digest) {
    self.name = name
    self.sha256 = sha256
  }

  func write(to json: inout JSONWriter) {
    json.member("name", name)
    json.member("sha256", sha256.hex)
  }

  init(_ fields: LeafFields) throws(LeafError) {
    name = try fields.text("name")
    sha256 = try fields.digest("sha256")
  }
}
