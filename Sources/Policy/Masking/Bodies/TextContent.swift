/// A text of any form: JSON if it begins as such, else as it reads.
struct TextContent: BodyContent {
  private enum State {
    /// Nothing but blanks yet, or part of a mark of byte order.
    case beginning([UInt8])
    case json(JSONContent)
    case text(MaskStream)
  }

  private var state = State.beginning([])
  private var isFirst = true

  mutating func receive(
    _ piece: Span<UInt8>, _ mask: inout DataMask, into out: inout [UInt8]
  ) throws(BodyMaskFailure) {
    switch state {
    case .json(var json):
      state = .beginning([])
      defer { state = .json(json) }
      try json.receive(piece, &mask, into: &out)
    case .text(var text):
      state = .beginning([])
      text.receive(piece, &mask, into: &out)
      state = .text(text)
    case .beginning(var held):
      var index = 0
      while index < piece.count {
        let byte = piece[index]
        let isBlank = byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
        if isFirst, DataMask.orderMark.starts(with: held + [byte]) {
          held.append(byte)
          if held == DataMask.orderMark {
            out += held
            (held, isFirst) = ([], false)
          }
        } else if isBlank, held.isEmpty {
          // Blanks are no part of a value that begins behind them.
          out.append(byte)
          isFirst = false
        } else {
          break
        }
        index += 1
      }
      guard index < piece.count else { return state = .beginning(held) }
      let isJSON = held.isEmpty && (piece[index] == 0x7B || piece[index] == 0x5B)
      state = isJSON ? .json(JSONContent()) : .text(MaskStream())
      if !held.isEmpty { try receive(held.span, &mask, into: &out) }
      try receive(piece.extracting(index..<piece.count), &mask, into: &out)
    }
  }

  mutating func settle(_ mask: inout DataMask, into out: inout [UInt8]) throws(BodyMaskFailure) {
    switch state {
    case .json(var json):
      try json.settle(&mask, into: &out)
      state = .json(json)
    case .text(var text):
      text.settle(&mask, into: &out)
      state = .text(text)
    case .beginning: break
    }
  }

  mutating func finish(_ mask: inout DataMask, into out: inout [UInt8]) throws(BodyMaskFailure) {
    switch state {
    case .json(var json): try json.finish(&mask, into: &out)
    case .text(var text): text.finish(&mask, into: &out)
    case .beginning(let held): out += held
    }
  }
}

/// Content whose form is not known: each byte of a value becomes a star.
struct CoveredContent: BodyContent {
  private var stream = MaskStream(isCovering: true)

  mutating func receive(
    _ piece: Span<UInt8>, _ mask: inout DataMask, into out: inout [UInt8]
  ) throws(BodyMaskFailure) {
    stream.receive(piece, &mask, into: &out)
  }

  mutating func settle(_ mask: inout DataMask, into out: inout [UInt8]) throws(BodyMaskFailure) {
    stream.settle(&mask, into: &out)
  }

  mutating func finish(_ mask: inout DataMask, into out: inout [UInt8]) throws(BodyMaskFailure) {
    stream.finish(&mask, into: &out)
  }
}
