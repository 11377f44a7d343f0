import Policy

/// What a scan finds in a text, as `kind text`.
func detected(_ text: String, column: String? = nil) -> [String] {
  let bytes = Array(text.utf8)
  let detector = column.map { Detector(column: $0) } ?? Detector()
  return detector.scan(bytes).found.map { "\($0.kind.rawValue) \(String(decoding: bytes[$0.range], as: UTF8.self))" }
}

/// Numbers that look the same whenever a test runs.
struct Dice {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next(_ bound: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int(state >> 33) % bound
  }
}
