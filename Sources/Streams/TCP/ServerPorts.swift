/// Guesses which end of a connection is the server when its handshake was not captured.
enum ServerPorts {
  private static let known: Set<UInt16> = [
    21, 22, 23, 25, 53, 80, 88, 110, 143, 389, 443, 445, 465, 587, 636, 993, 995, 1433, 1521, 2375, 2376, 2379, 3000,
    3306, 3389, 4222, 5000, 5432, 5433, 5671, 5672, 5984, 6379, 6432, 6443, 7000, 8000, 8080, 8086, 8123, 8443, 8888,
    9000, 9042, 9090, 9092, 9200, 9300, 11211, 15432, 26257, 27017,
  ]

  /// Whether `port` is the server's, the other end having `other`.
  static func isServer(_ port: UInt16, against other: UInt16) -> Bool {
    let (isKnown, isOtherKnown) = (known.contains(port), known.contains(other))
    if isKnown != isOtherKnown { return isKnown }
    return port <= other
  }
}
