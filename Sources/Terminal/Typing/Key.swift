/// One key as a terminal sends it.
struct Key: Sendable {
  enum Kind: Sendable, Hashable {
    /// A character that stands for itself.
    case text(Unicode.Scalar)
    /// CR, LF or the keypad's Enter.
    case enter
    case tab
    case backspace
    /// A letter with Control held: 0x01 is ^A.
    case control(UInt8)
    /// A byte with Alt held, or after Escape.
    case meta(UInt8)
    case left, right, up, down, home, end, delete
    case wordLeft, wordRight
    /// What a terminal pasted between `ESC [ 200 ~` and `ESC [ 201 ~`.
    case pasted(Unicode.Scalar)
    /// A terminal's own answer (cursor position, focus, mouse): nobody typed it.
    case report
    case other
  }

  /// Bytes of one record that the key came from.
  struct Origin: Sendable, Hashable {
    var record: Int
    var range: Range<Int>
  }

  var kind: Kind
  var origins: [Origin]
  /// Position in the order of all keys.
  var time: Int64

  var isPrintable: Bool {
    switch kind {
    case .text(let scalar): scalar.value >= 0x20
    default: false
    }
  }
}
