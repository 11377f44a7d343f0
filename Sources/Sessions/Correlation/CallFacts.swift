/// What a call is weighed by, as numbers.
struct CallFacts {
  /// When it began and ended on the captures' clock; both `.min` where it has no time.
  var from: Int64
  var through: Int64
  /// How far off an action may be from it without much ado, in nanoseconds: little where anchors tell the clock.
  var unit: Double
  /// The logarithm of how much of the captures' time it does not take.
  var density: Double
  /// The host on which its agent runs, by number; nil where that is not known.
  var home: Int32?
  /// The call that started the program which this one types into, as an index; nobody for those that start their own.
  var root: Int32
  /// It types into a program that another call started.
  var continuesOther: Bool
  /// It may do more than its arguments tell.
  var isOpen: Bool
}
