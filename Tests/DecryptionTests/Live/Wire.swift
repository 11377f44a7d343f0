import Bytes
import Model
import TestKit

@testable import Decryption

/// The two byte streams of a connection, as a list of pieces in the order in which they came.
struct Wire: Sendable {
  enum Part: Sendable, Hashable {
    case bytes([UInt8])
    case lost(Int)
  }

  var parts: [(from: Direction, part: Part)] = []

  init() {}

  init(_ pieces: [LiveRun.Piece]) {
    for piece in pieces { add(piece.from == "c" ? .fromClient : .fromServer, Array(piece.bytes)) }
  }

  mutating func add(_ from: Direction, _ bytes: [UInt8]) {
    if let last = parts.last, last.from == from, case .bytes(let before) = last.part {
      parts[parts.count - 1].part = .bytes(before + bytes)
    } else {
      parts.append((from, .bytes(bytes)))
    }
  }

  var byteCount: Int { parts.reduce(0) { $0 + $1.part.count } }

  /// Cut into pieces, each as long as `next` says.
  func cut(_ next: () -> Int) -> Wire {
    var out = Wire()
    for (from, part) in parts {
      guard case .bytes(let bytes) = part else {
        out.parts.append((from, part))
        continue
      }
      var start = 0
      while start < bytes.count {
        let end = min(bytes.count, start + max(1, next()))
        out.parts.append((from, .bytes(Array(bytes[start..<end]))))
        start = end
      }
    }
    return out
  }

  /// The same wire with `count` bytes lost at an offset that counts over all pieces; what is lost of the next pieces is
  /// lost of the same direction.
  func losing(_ count: Int, at offset: Int) -> Wire {
    var out = Wire()
    var position = 0
    var rest = count
    var direction: Direction?
    for (from, part) in parts {
      guard case .bytes(let bytes) = part, rest > 0, direction == nil || direction == from else {
        out.parts.append((from, part))
        position += part.count
        continue
      }
      let start = direction == nil ? offset - position : 0
      position += bytes.count
      guard start < bytes.count else {
        out.parts.append((from, part))
        continue
      }
      direction = from
      let end = min(bytes.count, start + rest)
      if start > 0 { out.parts.append((from, .bytes(Array(bytes[..<start])))) }
      out.parts.append((from, .lost(end - start)))
      if end < bytes.count { out.parts.append((from, .bytes(Array(bytes[end...])))) }
      rest -= end - start
    }
    return out
  }

  /// The first `count` bytes over all pieces.
  func prefix(_ count: Int) -> Wire {
    var out = Wire()
    var rest = count
    for (from, part) in parts where rest > 0 {
      if case .bytes(let bytes) = part, bytes.count > rest {
        out.parts.append((from, .bytes(Array(bytes.prefix(rest)))))
      } else {
        out.parts.append((from, part))
      }
      rest -= part.count
    }
    return out
  }

  /// With the byte at an offset over all pieces changed.
  func changing(_ offset: Int, _ change: (UInt8) -> UInt8) -> Wire {
    var out = self
    var position = 0
    for (index, (_, part)) in parts.enumerated() {
      if case .bytes(var bytes) = part, offset >= position, offset - position < bytes.count {
        bytes[offset - position] = change(bytes[offset - position])
        out.parts[index].part = .bytes(bytes)
        return out
      }
      position += part.count
    }
    return out
  }

  /// Every record of a wire that has no gap: its direction, its offset over all pieces put together by direction, its
  /// content type and its length with the header.
  func records(_ from: Direction) -> [(start: Int, content: UInt8, count: Int)] {
    let stream = stream(from)
    var out: [(start: Int, content: UInt8, count: Int)] = []
    var start = 0
    while start + 5 <= stream.count {
      let count = 5 + (Int(stream[start + 3]) << 8 | Int(stream[start + 4]))
      out.append((start, stream[start], count))
      start += count
    }
    return out
  }

  /// All bytes of a direction.
  func stream(_ from: Direction) -> [UInt8] {
    parts.reduce(into: []) { if $1.from == from, case .bytes(let bytes) = $1.part { $0 += bytes } }
  }

  /// The offset over all pieces of an offset of one direction.
  func offset(_ from: Direction, _ at: Int) -> Int {
    var position = 0
    var own = 0
    for (direction, part) in parts {
      if direction == from {
        if at < own + part.count { return position + at - own }
        own += part.count
      }
      position += part.count
    }
    return position
  }
}

extension Wire.Part {
  var count: Int {
    switch self {
    case .bytes(let bytes): bytes.count
    case .lost(let count): count
    }
  }
}
