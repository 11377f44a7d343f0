import Bytes
import Foundation
import Model
import Synchronization

/// Tokens that let in once, and did: lines of JSON, on disk before anybody is let in.
///
///     {"expires":"2026-11-22T23:00:00Z","token":"3f1c9a0b7d2e4c55"}
final class SpentTokens: Sendable {
  private let path: String
  private let known: Mutex<[String: Timestamp]>

  /// - Throws: `GatewayError` when the file is there and cannot be read: what it says was used would count again.
  init(folder: String, at time: Timestamp) throws {
    path = folder + "/tokens.jsonl"
    guard FileManager.default.fileExists(atPath: path) else {
      known = Mutex([:])
      return
    }
    guard let data = FileManager.default.contents(atPath: path) else { throw GatewayError("\(path): cannot be read") }
    var found: [String: Timestamp] = [:]
    // A line that was being written when the machine stopped let nobody in yet.
    let end = data.lastIndex(of: 0x0A).map { $0 + 1 } ?? data.startIndex
    for (index, line) in data[..<end].split(separator: 0x0A).enumerated() {
      guard let value = JSONValue.document(in: Array(line)), let id = value["token"]?.string,
        let expires = value["expires"]?.string.flatMap({ Timestamp(utc: $0) })
      else {
        throw GatewayError(
          "\(path):\(index + 1): damaged; it says which tokens were used, so nothing goes on without it")
      }
      if expires > time { found[id] = expires }
    }
    known = Mutex(found)
    // Those that are over let nobody in anyway.
    var json = JSONWriter()
    for (id, expires) in found.sorted(by: { $0.key < $1.key }) { Self.put(id, expires, &json) }
    do {
      try Data(json.take()).write(to: URL(filePath: path), options: .atomic)
      try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
    } catch {
      throw GatewayError("\(path): cannot be written: \(error)")
    }
  }

  /// Uses a token up; false when it was used before, or the disk does not take it.
  func spend(_ claims: TokenClaims) -> Bool {
    known.withLock { known in
      // Two people may choose one id.
      let key = "\(claims.human) \(claims.id)"
      guard known[key] == nil else { return false }
      var json = JSONWriter()
      Self.put(key, claims.expiresAt, &json)
      guard append(json.take()) else { return false }
      known[key] = claims.expiresAt
      return true
    }
  }

  private static func put(_ id: String, _ expires: Timestamp, _ json: inout JSONWriter) {
    json.object { json in
      json.member("expires", expires.formatted(fractionDigits: 0))
      json.member("token", id)
    }
    json.newline()
  }

  private func append(_ bytes: [UInt8]) -> Bool {
    let descriptor = unsafe open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    let written = unsafe bytes.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
    return written == bytes.count && fdatasync(descriptor) == 0
  }
}
