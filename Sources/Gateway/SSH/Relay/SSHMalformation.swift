import Model

/// What goes through a channel cannot be read, so that nothing behind it can be judged.
struct SSHMalformation: Error {
  var sender: Direction
  var reason: String
}

/// What the target sends cannot be masked, so that nothing of it may be shown.
struct SSHUnmaskable: Error {
  var reason: String
}
