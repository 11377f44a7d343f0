import Model

/// Where an effect goes and as whom, as its call's arguments say; calls of one program mostly share one.
struct ConnectionTarget: Hashable {
  let kind: ExpectedEffect.Kind
  /// In the form in which hosts are compared.
  let host: String?
  let port: UInt16?
  let user: String?
  let database: String?
  let program: String?

  init(_ effect: ExpectedEffect) {
    kind = effect.kind
    host = effect.host.map(ConnectionFit.canonical)
    port = effect.port
    user = effect.user
    database = effect.database
    program = effect.program
  }
}
