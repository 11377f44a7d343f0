import NIOCore

/// What goes to one end of a channel, in order, each as soon as it is recorded and there is room for it.
struct SSHQueue {
  enum Parcel {
    case data([UInt8], isError: Bool)
    case endOfData
    case exitStatus(Int32)
    case exitSignal(SSHExitSignal)
    case signal([UInt8])
    case window(SSHTerminal)
    /// Answers to what the client asked.
    case accept(LibsshMessage)
    case refuse(LibsshMessage)
    case close
  }

  private var parcels = CircularBuffer<(parcel: Parcel, batch: UInt64)>()
  /// Bytes of the first that went.
  private var sentCount = 0
  /// Bytes of data that wait.
  private(set) var byteCount = 0
  /// The last thing was said.
  private(set) var isClosed = false
  private var isClosing = false

  var isEmpty: Bool { parcels.isEmpty }

  /// `batch`: of the recording, in which it is.
  mutating func add(_ parcel: Parcel, _ batch: UInt64) {
    guard !isClosing else { return }
    if case .data(let bytes, _) = parcel { byteCount += bytes.count }
    if case .close = parcel { isClosing = true }
    parcels.append((parcel, batch))
  }

  /// Sends what is recorded by now.
  mutating func pump(into channel: LibsshChannel, recorded: UInt64) {
    while let (parcel, batch) = parcels.first, batch <= recorded {
      switch parcel {
      case .data(let bytes, let isError):
        guard let count = channel.write(bytes, from: sentCount, isError: isError) else {
          // Nobody takes it any more; what is behind it still closes the channel.
          byteCount -= bytes.count - sentCount
          sentCount = 0
          break
        }
        sentCount += count
        byteCount -= count
        guard sentCount == bytes.count else { return }
        sentCount = 0
      case .endOfData: channel.sendEOF()
      case .exitStatus(let status): channel.send(exitStatus: status)
      case .exitSignal(let signal): channel.send(signal)
      case .signal(let name): channel.send(signal: name)
      case .window(let terminal): channel.send(window: terminal)
      case .accept(let message): message.accept()
      case .refuse(let message): message.refuse()
      case .close:
        if channel.close() == .underWay { return }
        isClosed = true
      }
      parcels.removeFirst()
    }
  }

  /// Nobody is there who could take it.
  mutating func abandon() {
    parcels.removeAll()
    (byteCount, sentCount, isClosing, isClosed) = (0, 0, true, true)
  }
}
