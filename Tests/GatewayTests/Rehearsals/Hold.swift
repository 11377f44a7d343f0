/// Stops the process, and says so in builds of every kind, where something does not hold.
func hold(
  _ isTrue: Bool, _ what: @autoclosure () -> String, file: StaticString = #file, line: UInt = #line
) {
  if !isTrue { fatalError(what(), file: file, line: line) }
}
