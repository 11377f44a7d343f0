import Glibc
import NIOCore

/// Finds out that a peer is gone which did not say so: its machine lost power, or a network its way (tcp(7)).
enum PeerProbes {
  /// Probes that are not answered before the connection is given up.
  private static let count = 3

  /// Asks after so many seconds of silence, and three times within as many more. What is sent and nobody acknowledges in that
  /// time ends the connection too.
  static func begin(on channel: any Channel, after seconds: Int64) {
    let idle = Int(clamping: min(max(1, seconds), 32_000))
    let options = [
      (TCP_KEEPIDLE, idle), (TCP_KEEPINTVL, max(1, idle / count)), (TCP_KEEPCNT, count),
      (TCP_USER_TIMEOUT, idle * 2_000),
    ]
    for (name, value) in options {
      let option = ChannelOptions.Types.SocketOption(level: .tcp, name: NIOBSDSocket.Option(rawValue: name))
      channel.setOption(option, value: Int(value)).whenFailure { _ in }
    }
  }
}
