import Bytes
import Evidence
import Model
import Policy

extension GatewayDecision {
  /// Takes over whose signatures decided.
  mutating func add(_ voices: [ApprovalVoice]) {
    guard let first = voices.first else { return }
    people = Set(voices.map(\.name)).subtracting([""]).sorted()
    subject = Digest(hexadecimal: first.subjectSHA256)
    guard let request = Digest(hexadecimal: first.requestSHA256) else { return }
    signing = Signing(
      request: request, keys: voices.map(\.key), seen: voices.map { $0.seenAt?.formatted(fractionDigits: 0) ?? "" },
      signatures: SHA256.digest(of: voices.map(\.armored).joined()))
  }
}

extension GatewayApproval {
  init?(_ voice: ApprovalVoice, offset: UInt64, reason: String?) {
    guard let subject = Digest(hexadecimal: voice.subjectSHA256) else { return nil }
    self.init(
      offset: offset, subject: subject, stance: voice.stance, approver: voice.name.isEmpty ? nil : voice.name,
      key: voice.key, reason: reason, request: Digest(hexadecimal: voice.requestSHA256), seenAt: voice.seenAt,
      signature: SHA256.digest(of: voice.armored))
  }
}

extension Digest {
  /// Of 64 hexadecimal digits.
  init?(hexadecimal text: String) {
    let digits = Array(text.utf8)
    guard digits.count == 64 else { return nil }
    var bytes: [UInt8] = []
    for index in stride(from: 0, to: 64, by: 2) {
      guard let byte = UInt8(String(decoding: digits[index..<(index + 2)], as: UTF8.self), radix: 16) else {
        return nil
      }
      bytes.append(byte)
    }
    self.init(bytes)
  }
}
