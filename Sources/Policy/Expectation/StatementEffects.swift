import Model

/// The statements of a text, as the actions of a connection have them.
enum StatementEffects {
  static func read(_ text: String, _ sql: inout SQLClassifier) -> [ExpectedEffect] {
    guard EffectText.hasMark(text) else {
      var context = SQLContext()
      return sql.classify(text, in: &context).prefix(EffectWatch.effectLimit).map { statement in
        var effect = ExpectedEffect(.sql, [.literal(text.utf8Part(statement.range))], evidence: .argument)
        effect.fingerprint = statement.classification.fingerprint
        return effect
      }
    }
    var shape = SQLShape()
    shape.read(text)
    return shape.statements.prefix(EffectWatch.effectLimit).map { range in
      let own = text.utf8Part(range)
      var effect = ExpectedEffect(.sql, EffectText.pieces(of: own), evidence: .argument)
      effect.fingerprint = fingerprint(own, &sql)
      return effect
    }
  }

  /// Of a statement whose unknown parts are values: what drivers fill in, or what stands within a constant. The
  /// fingerprint knows no constants, so it is the statement's whatever the values are.
  private static func fingerprint(_ text: String, _ sql: inout SQLClassifier) -> String? {
    var shape = SQLShape()
    shape.read(text)
    let bytes = Array(text.utf8)
    var out: [UInt8] = []
    var constants = shape.constants[...]
    var count = 0
    var index = 0
    // Both marks are three bytes that differ in the last.
    let anything = Array(EffectText.hole.utf8)
    let value = Array(EffectText.parameter.utf8)
    while index < bytes.count {
      guard bytes[index] == anything[0], index + 2 < bytes.count, bytes[index + 1] == anything[1],
        bytes[index + 2] == anything[2] || bytes[index + 2] == value[2]
      else {
        out.append(bytes[index])
        index += 1
        continue
      }
      while let first = constants.first, first.upperBound <= index { constants = constants.dropFirst() }
      if let first = constants.first, first.contains(index) {
        out.append(UInt8(ascii: "x"))
      } else if bytes[index + 2] == value[2] {
        count += 1
        out += Array("$\(count)".utf8)
      } else {
        return nil
      }
      index += 3
    }
    var context = SQLContext()
    let found = sql.classify(String(decoding: out, as: UTF8.self), in: &context)
    return found.count == 1 ? found.first?.classification.fingerprint : nil
  }
}
