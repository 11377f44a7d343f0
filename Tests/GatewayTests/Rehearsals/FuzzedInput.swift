/// What the gateway's fuzz targets do with an input, of which the first byte says what it is. Stops the process where something does not hold.
enum FuzzedInput {
  static func relays(_ input: [UInt8]) {
    take(input, [RelayWireRehearsal.run, HostileRelayWire.relay, HostileRelayWire.gateway])
  }

  static func hooks(_ input: [UInt8]) {
    take(input, [HookRehearsal.input, HookRehearsal.settings, ControlRehearsal.run])
  }

  static func lines(_ input: [UInt8]) { LineRehearsal.run(input) }

  static func http(_ input: [UInt8]) {
    take(
      input,
      [
        WebReading.requests, WebReading.responses, { WebRehearsal.run($0, isHTTP2: false) },
        { WebRehearsal.run($0, isHTTP2: true) },
      ])
  }

  private static func take(_ input: [UInt8], _ stories: [([UInt8]) -> Void]) {
    guard let kind = input.first else { return }
    stories[Int(kind) % stories.count](Array(input.dropFirst()))
  }
}
