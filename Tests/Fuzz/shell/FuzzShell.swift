import Bytes
import Model
import Policy

private let classifier = ShellClassifier(secrets: SecretHasher(key: [1, 2, 3]))

/// The input is a command line. What is found twice is the same, and what does not parse is never a read.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
  let text = unsafe String(decoding: UnsafeBufferPointer(start: data, count: size), as: UTF8.self)
  let reading = classifier.classify(text)
  let again = classifier.classify(text)
  precondition(reading.classification == again.classification && reading.text == again.text, "not the same twice")
  precondition(reading.syntaxError == nil || reading.classification.effect.isChange, "what does not parse is no read")
  precondition(
    !reading.parts.contains { $0.classification.effect == .unknown } || reading.classification.effect.isChange)
  return 0
}
