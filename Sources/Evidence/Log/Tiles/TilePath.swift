/// The name of a tile or of a bundle of entries (C2SP tlog-tiles): `tile/<level>/<index>[.p/<width>]`.
struct TilePath: Hashable, Sendable {
  /// Hashes of a full tile, entries of a full bundle.
  static let fullWidth = 256
  /// Levels of hashes; 0 has those of the leaves.
  static let levelLimit = 8

  /// Nil for entries.
  let level: Int?
  let index: UInt64
  /// 1 to 256.
  let width: Int

  init(level: Int?, index: UInt64, width: Int = TilePath.fullWidth) {
    self.level = level
    self.index = index
    self.width = width
  }

  var isFull: Bool { width == TilePath.fullWidth }
  var full: TilePath { TilePath(level: level, index: index) }

  /// How wide the tile is in a tree of `size` leaves; 0 when it is not there.
  static func width(level: Int, index: UInt64, size: UInt64) -> Int {
    let count = level >= levelLimit ? 0 : size >> UInt64(8 * level)
    let (start, isBeyond) = index.multipliedReportingOverflow(by: UInt64(fullWidth))
    guard !isBeyond, start < count else { return 0 }
    return Int(min(count - start, UInt64(fullWidth)))
  }

  /// `x001/x234/067`.
  private var indexText: String {
    var groups: [String] = []
    var rest = index
    repeat {
      let digits = String(rest % 1000)
      groups.append(String(repeating: "0", count: 3 - digits.count) + digits)
      rest /= 1000
    } while rest > 0
    return groups.reversed().enumerated().map { $0 < groups.count - 1 ? "x\($1)" : $1 }.joined(separator: "/")
  }

  /// Relative to the folder of the log.
  var text: String {
    let base = "tile/\(level.map(String.init) ?? "entries")/\(indexText)"
    return isFull ? base : base + ".p/\(width)"
  }

  /// The folder of its partial forms.
  var partialFolder: String { full.text + ".p" }
}
