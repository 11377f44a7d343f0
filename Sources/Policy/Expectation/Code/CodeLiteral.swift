/// A string literal of a program's text, neighbouring and added ones as one, with marks for what is computed.
struct CodeLiteral {
  var text: String
  /// `execute` of `cur.execute("…"`, or the name that it is assigned to.
  var context: String
  /// `requests` of `requests.get("…"`.
  var receiver: String
  /// It is the value of a name.
  var isAssigned: Bool
  /// Blanks before its line.
  var indentation: Int
  /// Where it ends in the program's text.
  var end: Int
  /// Which of a call's arguments it is, as far as those before it are literals too.
  var argument: Int
}
