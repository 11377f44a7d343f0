/// Where the bytes are between text and the end of a control sequence (after Paul Williams' state machine of the VT500).
struct ControlParser: Sendable {
  enum State: Sendable {
    case ground
    /// Inside a character of several bytes.
    case character
    case escape
    case sequence
    /// A sequence that is not well-formed, up to its final byte.
    case ignoredSequence
    case string
    /// ESC inside a string: its end, if a backslash follows.
    case stringEscape
  }

  /// What a string is, by the sequence that opened it.
  enum StringKind: Sendable {
    /// OSC.
    case command
    /// ESC k of screen and tmux.
    case title
    /// DCS, SOS, PM and APC: nothing in them is shown as text.
    case passedOver
  }

  /// Parameters of one sequence: more are not used by any.
  static let parameterLimit = 32
  /// The largest parameter; VT500 stops at 16,384 and no screen is larger.
  static let parameterMaximum: Int32 = 65_535
  static let intermediateLimit = 2

  var state = State.ground
  /// Values of the parameters; -1 where none was written.
  private(set) var parameters: [Int32] = []
  /// Bit n: parameter n was parted from the one before by a colon.
  private(set) var subparameters: UInt32 = 0
  /// One of `<=>?`, or 0.
  var marker: UInt8 = 0
  var intermediates: [UInt8] = []
  var stringKind = StringKind.command
  var string: [UInt8] = []
  /// Offset of the ESC that began the sequence.
  var begun: UInt64 = 0
  /// Offset after its last byte, once that is there.
  var ended: UInt64 = 0

  // A character in the making (Unicode 15 table 3-7): its value so far, bytes missing, bounds of the next.
  var scalar: UInt32 = 0
  var missing = 0
  var next: ClosedRange<UInt8> = 0x80...0xBF

  mutating func beginEscape(at offset: UInt64) {
    state = .escape
    begun = offset
    intermediates.removeAll(keepingCapacity: true)
  }

  mutating func beginSequence() {
    state = .sequence
    parameters.removeAll(keepingCapacity: true)
    subparameters = 0
    marker = 0
    intermediates.removeAll(keepingCapacity: true)
  }

  mutating func beginString(_ kind: StringKind) {
    state = .string
    stringKind = kind
    string.removeAll(keepingCapacity: true)
  }

  mutating func addDigit(_ digit: UInt8) {
    if parameters.isEmpty { parameters.append(-1) }
    let last = parameters.count - 1
    let value = max(parameters[last], 0) * 10 + Int32(digit)
    parameters[last] = min(value, Self.parameterMaximum)
  }

  /// A semicolon or a colon. False when there are too many.
  mutating func addSeparator(isColon: Bool) -> Bool {
    if parameters.isEmpty { parameters.append(-1) }
    guard parameters.count < Self.parameterLimit else { return false }
    if isColon { subparameters |= 1 << UInt32(parameters.count) }
    parameters.append(-1)
    return true
  }

  func isSubparameter(_ index: Int) -> Bool { index < 32 && subparameters >> UInt32(index) & 1 == 1 }

  /// Parameter `index`, or `standard` where it was not written.
  func parameter(_ index: Int, or standard: Int = 0) -> Int {
    guard index < parameters.count, parameters[index] >= 0 else { return standard }
    return Int(parameters[index])
  }

  /// A count: 0 and nothing mean 1.
  func count(_ index: Int = 0) -> Int { max(parameter(index), 1) }
}
