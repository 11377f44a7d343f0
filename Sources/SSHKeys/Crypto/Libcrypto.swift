import CCrypto

/// What is common to all that libcrypto is asked for here.
enum Libcrypto {
  /// Errors that one failed call may leave behind; more are not printed.
  private static let errorLimit = 8

  /// Takes the errors of this thread, oldest first, as libcrypto words them.
  static func takeErrors() -> String {
    var lines: [String] = []
    while lines.count < errorLimit {
      let code = ERR_get_error()
      guard code != 0 else { break }
      var text = [CChar](repeating: 0, count: 256)
      unsafe text.withUnsafeMutableBufferPointer { unsafe ERR_error_string_n(code, $0.baseAddress, $0.count) }
      lines.append(String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))
    }
    ERR_clear_error()
    return lines.isEmpty ? "no reason given" : lines.joined(separator: "; ")
  }

  /// A hash of the message, by libcrypto's name of the algorithm.
  static func hash(_ name: String, _ message: [UInt8]) -> [UInt8]? {
    var out = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
    var count = 0
    let isDone = unsafe EVP_Q_digest(nil, name, nil, message, message.count, &out, &count)
    guard isDone == 1, count <= out.count else {
      ERR_clear_error()
      return nil
    }
    return Array(out.prefix(count))
  }
}
