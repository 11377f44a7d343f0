import Model

/// Where the bytes of a buffer came from: one mark for each packet that contributed.
struct PieceMarks {
  private struct Mark {
    /// Index in the buffer of the first byte that it speaks for.
    var index: Int
    var position: StreamPosition
  }

  private var marks: [Mark] = []

  /// A buffer that is one piece.
  init(_ position: StreamPosition) { marks = [Mark(index: 0, position: position)] }

  init() {}

  /// Notes that bytes from `position` on stand at `index`.
  mutating func add(_ position: StreamPosition, at index: Int) {
    if let last = marks.last, last.position.isSamePacket(as: position), last.index <= index {
      // The same packet in several pieces: the offset of each byte follows from the first.
      var expected = last.position
      expected.origin.offset &+= UInt64(index - last.index)
      if expected == position { return }
    }
    marks.append(Mark(index: index, position: position))
  }

  /// Indices at which another packet's bytes begin.
  var beginnings: [Int] { marks.map(\.index) }

  /// The position of the byte at `index`.
  func position(at index: Int) -> StreamPosition {
    // The last mark at or before the index; they are in order.
    var (low, high) = (0, marks.count)
    while low < high {
      let middle = (low + high) / 2
      if marks[middle].index <= index { low = middle + 1 } else { high = middle }
    }
    guard low > 0 else { return marks.first?.position ?? StreamPosition(time: .epoch, origin: .unknown) }
    var position = marks[low - 1].position
    position.origin.offset &+= UInt64(index - marks[low - 1].index)
    return position
  }

  /// Forgets the first `count` bytes.
  mutating func removeFirst(_ count: Int) {
    guard count > 0 else { return }
    let first = position(at: count)
    marks.removeAll { $0.index <= count }
    for index in marks.indices { marks[index].index -= count }
    marks.insert(Mark(index: 0, position: first), at: 0)
  }
}

extension StreamPosition {
  fileprivate func isSamePacket(as other: StreamPosition) -> Bool {
    time == other.time && origin.packet == other.origin.packet && origin.source == other.origin.source
  }
}
