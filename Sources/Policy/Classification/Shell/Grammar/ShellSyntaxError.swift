/// Where a text stops being a script, and why.
struct ShellSyntaxError: Error, Hashable {
  /// Without a full stop: `unexpected ;;`, `missing fi`.
  var reason: String
  /// UTF-8 offset in the text.
  var offset: Int
}
