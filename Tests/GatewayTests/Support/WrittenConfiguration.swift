import Evidence
import Foundation
import Policy
import TestKit
import Testing

@testable import Gateway

/// A configuration with the files that it names, written to a folder of its own and read there.
struct WrittenConfiguration {
  /// `@SHA@` and `@SCRAM@` are those of a token.
  var text: String
  /// By name; only of `open.txt` others may read. A policy and the log's key are there without being named.
  var files: [String: String] = [:]

  func read() throws -> Result<GatewayConfiguration, PolicyError> {
    let token = try #require(NewToken())
    return try TemporaryFolder.with { folder in
      let own = [
        "gateway.yaml": text.replacing("@SCRAM@", with: "\(token.scram)").replacing("@SHA@", with: token.sha256),
        "policy.yaml": GatewayInProcess.open, "log.key": try NoteSigner(generating: "a.example/b").text,
        "open.txt": "secret",
      ]
      for (name, content) in own.merging(files, uniquingKeysWith: { $1 }) {
        let path = folder.appending(path: name).path
        try content.write(toFile: path, atomically: true, encoding: .utf8)
        let mode = name == "open.txt" ? 0o644 : 0o600
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
      }
      do throws(PolicyError) {
        return .success(try GatewayConfiguration(file: folder.appending(path: "gateway.yaml").path))
      } catch {
        return .failure(error)
      }
    }
  }

  /// Expects that it is refused with something else in the place of a part of it.
  func expectRefusal(_ part: String, _ other: String, line: Int, says: String) throws {
    try #require(text.contains(part))
    switch try WrittenConfiguration(text: text.replacing(part, with: other), files: files).read() {
    case .success: Issue.record("\(other) was taken")
    case .failure(let error):
      #expect(error.description.contains(says), "\(error)")
      #expect(error.line == line, "\(error)")
    }
  }
}
