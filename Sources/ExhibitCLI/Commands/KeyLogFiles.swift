import ArgumentParser
import Decryption
import Foundation

/// The files of `--keylog`.
enum KeyLogFiles {
  /// The largest that is read, in bytes.
  static let byteLimit = 64 << 20

  /// All their keys together.
  ///
  /// - Throws: `ValidationError` for a file that cannot be read or holds no key.
  static func read(_ paths: [String]) throws -> KeyRing {
    var keys = KeyRing()
    for path in paths {
      guard let handle = FileHandle(forReadingAtPath: path) else {
        throw ValidationError("\(path): cannot be read; give a key log of TLS or SSH")
      }
      defer { try? handle.close() }
      let data = try handle.read(upToCount: byteLimit + 1) ?? Data()
      guard data.count <= byteLimit else {
        throw ValidationError("\(path): over \(byteLimit >> 20) MiB; give the part that belongs to the capture")
      }
      let reading = keys.add(Array(data).span)
      guard reading.secretCount + reading.privateKeyCount > 0 else {
        throw ValidationError(
          "\(path): no key in it; give a key log of TLS or SSH, or an RSA key in PEM form")
      }
    }
    return keys
  }
}
