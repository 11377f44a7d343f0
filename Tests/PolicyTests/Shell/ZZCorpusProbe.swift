import Bytes
import Foundation
import Testing
import Model
import Policy

@Test func `probe`() throws {
  guard let data = FileManager.default.contents(atPath: "/tmp/cmds.json"), let list = try JSONSerialization.jsonObject(with: data) as? [String] else { return }
  let classifier = ShellClassifier(secrets: SecretHasher(key: [1]))
  var out = ""
  var effects: [String: Int] = [:]
  for text in list {
    let r = classifier.classify(text)
    effects[r.classification.effect.rawValue, default: 0] += 1
    out += "=== \(r.classification.verb) | \(r.classification.effect) | \(r.syntaxError ?? "-")\n\(r.text.prefix(600))\n"
    for p in r.parts { out += "   [\(p.classification.verb)|\(p.classification.effect)] \(p.text.prefix(100).replacing("\n", with: "⏎")) => \(p.classification.resources.map(\.description)) \(p.classification.note ?? "")\n" }
    out += "   NOTE \(r.classification.note ?? "-")\n"
  }
  out += "\(effects)\n"
  try out.write(toFile: "/tmp/probe.txt", atomically: true, encoding: .utf8)
}
