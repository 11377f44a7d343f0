import Bytes
import Evidence
import Foundation

/// The key of a gateway's masked hashes: a file in its state, made when there is none, so that the same value has the same hash in
/// all sessions and after a restart.
enum MaskingKey {
  static let fileName = "masking.key"
  private static let length = 32

  /// - Throws: `GatewayError` when the file cannot be read or made, is no key, or others can read it.
  static func hasher(in folder: String) throws -> SecretHasher {
    let path = URL(filePath: folder).appending(path: fileName).path
    guard FileManager.default.fileExists(atPath: path) else { return SecretHasher(key: try make(path)) }
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    let mode = (attributes?[.posixPermissions] as? NSNumber)?.intValue ?? 0o777
    guard mode & 0o077 == 0 else { throw GatewayError("\(path) can be read by others; chmod 600 it") }
    let text = String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
    let digits = text.trimmingCharacters(in: .whitespacesAndNewlines)
    guard let key = bytes(digits), key.count == length else {
      throw GatewayError("\(path) is no key of masking: it has 64 hexadecimal digits")
    }
    return SecretHasher(key: key)
  }

  private static func make(_ path: String) throws -> [UInt8] {
    guard let key = PasswordHashing.random(length) else { throw GatewayError("no random numbers") }
    let made = FileManager.default.createFile(
      atPath: path, contents: Data((key.hex + "\n").utf8), attributes: [.posixPermissions: 0o600])
    guard made else { throw GatewayError("\(path) cannot be written") }
    return key
  }

  private static func bytes(_ digits: String) -> [UInt8]? {
    let digits = Array(digits.utf8)
    guard digits.count.isMultiple(of: 2) else { return nil }
    var bytes: [UInt8] = []
    for index in stride(from: 0, to: digits.count, by: 2) {
      guard let byte = UInt8(String(decoding: digits[index..<(index + 2)], as: UTF8.self), radix: 16) else {
        return nil
      }
      bytes.append(byte)
    }
    return bytes
  }
}
