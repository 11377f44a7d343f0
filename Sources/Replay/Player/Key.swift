/// A key that a person pressed.
public enum Key: Hashable, Sendable {
  /// A key that writes something; the space bar too.
  case character(Unicode.Scalar)
  case enter
  case escape
  case backspace
  case tab
  case up
  case down
  case left
  case right
  case pageUp
  case pageDown
  case home
  case end
  /// Control-C, control-D, or the end of the input.
  case interrupt
}
