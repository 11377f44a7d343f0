import Bytes
import Model

/// Looks for the next place in one direction where messages begin.
struct BoundarySearch {
  /// So many bytes are judged again at every turn.
  private static let freeTurn = 2 << 10

  private(set) var bytes: [UInt8] = []
  private(set) var marks = PieceMarks()
  /// Index from which on places are not judged yet, or not finally.
  private(set) var start = 0
  /// Bytes that can change the judgement of the place at `start`.
  private var need = 1
  private var turnCount = -1
  /// Bytes passed over.
  private(set) var passedOver: UInt64 = 0
  /// Where the first of them stood.
  private(set) var since: StreamPosition?

  /// Adds a piece.
  mutating func add(_ piece: Span<UInt8>, _ position: StreamPosition) {
    if since == nil { since = position }
    if start > 0, start >= bytes.count / 2 { trim() }
    marks.add(position, at: bytes.count)
    bytes.append(contentsOf: piece)
  }

  /// Adds bytes from several pieces.
  mutating func add(_ bytes: Span<UInt8>, _ marks: PieceMarks) {
    since = marks.position(at: 0)
    self.marks = marks
    self.bytes = bytes.array
  }

  /// Forgets what was judged.
  private mutating func trim() {
    bytes.removeFirst(start)
    marks.removeFirst(start)
    start = 0
    turnCount = -1
  }

  /// The index of the next place that convinces; everything before it is passed over.
  /// With `isTurn` the sender is known to wait, so a chain may end where the bytes end.
  mutating func find(isFrontend: Bool, isTurn: Bool) -> Int? {
    if isTurn {
      // A turn judges every place again, so not for every byte that comes in between.
      let held = bytes.count - start
      guard bytes.count > turnCount, held <= Self.freeTurn || bytes.count - turnCount >= held / 16 else { return nil }
      turnCount = bytes.count
    } else {
      guard bytes.count - start >= need else { return nil }
    }
    var index = start
    var firstOpen: Int?
    while index < bytes.count {
      let judgement = FrameCheck.judge(bytes.span.extracting(index..<bytes.count), isFrontend: isFrontend)
      if judgement == .yes || isTurn && judgement.convincesAtTurn {
        pass(to: index)
        return index
      }
      if case .undecided(let needed, _, _) = judgement {
        if firstOpen == nil {
          firstOpen = index
          need = needed
        }
        if !isTurn { break }
      }
      index += 1
    }
    pass(to: firstOpen ?? bytes.count)
    if firstOpen == nil { need = 1 }
    return nil
  }

  private mutating func pass(to index: Int) {
    passedOver += UInt64(index - start)
    start = index
  }

  /// Begins anew behind a place that was no boundary.
  mutating func reject(_ index: Int) {
    since = marks.position(at: index)
    start = min(bytes.count, index + 1)
    passedOver = 1
    need = 1
    turnCount = -1
  }

  /// Gives up what is left.
  mutating func abandon() {
    pass(to: bytes.count)
    bytes = []
    marks = PieceMarks()
    start = 0
    turnCount = -1
    need = 1
  }
}
