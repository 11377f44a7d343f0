import Testing

/// What must hold of lines that are typed, whenever whatever comes.
@Suite struct LineRehearsalTests {
  /// As the fuzzer's seeds: typing, echo, time, and both at once.
  static let seeds: [[UInt8]] = [
    Array("\u{0}ls -l\r".utf8) + [0xFE, 0xFD, 0xFB, 0xFE, 0xFF, 0xFD, 0xFB],
    Array("\u{1}run\r".utf8) + [0xFE, 0xFD, 0xFA, 0xFA, 0xFF] + Array("ahead\rls\r".utf8) + [0xFF, 0xFD, 0xFB],
    [0, 0xF8, 0xFE, 0xFD, 0xFB, 0xFF, 0xFD, 0xFB] + Array("ok' x\r".utf8) + [0xFE, 0xFC, 0xFB, 0xFF],
    Array("\u{0}one\r".utf8) + [0xFD, 0xFF, 0xFD, 0xFB, 0xF9, 0xFF, 0xFD] + Array("\r\u{3}two\u{7f}\u{15}x\r".utf8) + [
      0xFF
    ],
    Array("\u{0}\u{1b}OM\u{1b}[200~a\rb\u{1b}[201~\u{18}\u{5}\u{1b}#$(x)\t\r".utf8) + [0xFF],
  ]

  @Test func `no line runs that was neither judged nor told`() {
    for seed in Self.seeds { LineRehearsal.run(seed) }
  }

  @Test func `nor when it is typed and shown in any order`() {
    var state = UInt64.random(in: .min ... .max)
    print("seed \(state)")
    func next(_ count: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % count
    }
    let keys = Array("ab r'xyz$(`\u{7f}\u{15}\u{3}\t\u{1b}\u{18}".utf8)
    for _ in 0..<400 {
      var input: [UInt8] = [UInt8(next(2))]
      for _ in 0..<next(60) {
        switch next(5) {
        case 0: input.append(0x0D)
        case 1: input.append(UInt8(0xF0 + next(16)))
        case 2: input += [0xFE, 0xFD, 0xFB]
        default: input.append(keys[next(keys.count)])
        }
      }
      LineRehearsal.run(input)
    }
  }
}
