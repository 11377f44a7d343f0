public import Bytes
import Foundation
public import Model

/// What a token that a person signed with an SSH key says: who acts for whom, where, and until when.
///
/// A text with one way to be written, so that a person reads what he signs:
///
///     exhibit token 1
///     id: 3f1c9a0b7d2e4c55
///     user: claude-code
///     human: lin@shop.example
///     agent: claude-code
///     run: nightly-7
///     listener: shop
///     gateway: gateway.example.com/prod
///     issued: 2026-11-22T15:00:00Z
///     expires: 2026-11-22T23:00:00Z
///     once: true
///
/// `agent`, `run`, `gateway` and `once` may be left out.
public struct TokenClaims: Sendable, Hashable {
  /// Bytes of the text.
  public static let byteLimit = 4_096
  private static let valueLimit = 256
  private static let title = "exhibit token 1"

  /// Names it in lists of what was revoked.
  public var id: String
  /// The user name that clients give.
  public var user: String
  /// The principal who signs.
  public var human: String
  public var agent: String?
  public var run: String?
  /// The listener that it is for.
  public var listener: String
  /// The name in the key of the gateway's evidence log; nil means any gateway that trusts the signer.
  public var gateway: String?
  public var issuedAt: Timestamp
  public var expiresAt: Timestamp
  /// It lets in one connection and no other.
  public var isOnce = false

  public init(
    id: String, user: String, human: String, listener: String, issuedAt: Timestamp, expiresAt: Timestamp
  ) {
    (self.id, self.user, self.human, self.listener) = (id, user, human, listener)
    (self.issuedAt, self.expiresAt) = (issuedAt, expiresAt)
  }

  /// The text that is signed.
  public var text: String {
    var lines = [Self.title, "id: \(id)", "user: \(user)", "human: \(human)"]
    if let agent { lines.append("agent: \(agent)") }
    if let run { lines.append("run: \(run)") }
    lines.append("listener: \(listener)")
    if let gateway { lines.append("gateway: \(gateway)") }
    lines += ["issued: \(issuedAt.formatted(fractionDigits: 0))", "expires: \(expiresAt.formatted(fractionDigits: 0))"]
    if isOnce { lines.append("once: true") }
    return lines.joined(separator: "\n") + "\n"
  }

  /// Reads the text; its lines after the first may stand in any order, each once.
  ///
  /// - Throws: `DecodeError` for anything else.
  public init(parsing bytes: [UInt8]) throws(DecodeError) {
    guard bytes.count <= Self.byteLimit else {
      throw DecodeError(.overLimit, "token", offset: 0, expected: "\(Self.byteLimit) bytes")
    }
    guard let text = String(validating: bytes, as: UTF8.self), text.hasSuffix("\n") else {
      throw DecodeError(.mismatch, "token", offset: 0, expected: "lines of UTF-8")
    }
    var lines = text.dropLast().split(separator: "\n", omittingEmptySubsequences: false)[...]
    guard lines.popFirst().map(String.init) == Self.title else {
      throw DecodeError(.mismatch, "token", offset: 0, expected: Self.title)
    }
    var values: [String: String] = [:]
    for line in lines {
      let parts = line.split(separator: ": ", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      guard parts.count == 2, Self.isWord(parts[1]), values.updateValue(parts[1], forKey: parts[0]) == nil else {
        throw DecodeError(.mismatch, "token", offset: 0, expected: "name: value, each name once", found: "\(line)")
      }
    }
    func take(_ name: String) throws(DecodeError) -> String {
      guard let value = values.removeValue(forKey: name) else {
        throw DecodeError(.mismatch, "token", offset: 0, expected: "\(name):")
      }
      return value
    }
    func takeTime(_ name: String) throws(DecodeError) -> Timestamp {
      let value = try take(name)
      guard let time = Timestamp(utc: value) else {
        throw DecodeError(.mismatch, name, offset: 0, expected: "2026-11-22T15:00:00Z", found: value)
      }
      return time
    }
    (id, user, human) = (try take("id"), try take("user"), try take("human"))
    (agent, run, gateway) = (
      values.removeValue(forKey: "agent"), values.removeValue(forKey: "run"), values.removeValue(forKey: "gateway")
    )
    listener = try take("listener")
    (issuedAt, expiresAt) = (try takeTime("issued"), try takeTime("expires"))
    if let once = values.removeValue(forKey: "once") {
      guard once == "true" || once == "false" else {
        throw DecodeError(.mismatch, "once", offset: 0, expected: "true or false", found: once)
      }
      isOnce = once == "true"
    }
    if let unknown = values.keys.min() {
      throw DecodeError(.mismatch, "token", offset: 0, expected: "a name that is known", found: unknown)
    }
  }

  /// Whether a value can stand in the text: nothing in it that a person does not see.
  public static func isWord(_ text: String) -> Bool {
    let isPlain = text.unicodeScalars.allSatisfy {
      ![.control, .format, .lineSeparator, .paragraphSeparator, .unassigned].contains($0.properties.generalCategory)
    }
    return !text.isEmpty && text.utf8.count <= valueLimit && isPlain
      && text.trimmingCharacters(in: .whitespaces) == text
  }
}
