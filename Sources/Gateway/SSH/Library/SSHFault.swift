/// Why a connection over SSH does not come about: one line for the gateway's log.
struct SSHFault: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
