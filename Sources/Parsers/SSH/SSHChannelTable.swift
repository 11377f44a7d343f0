import Model

/// The open channels of a connection, found by the number that a message names.
///
/// Each end numbers a channel as it likes (RFC 4254 §5.1), so a channel has two names, and a message bears the
/// receiver's.
struct SSHChannelTable {
  private var slots: [SSHChannel?] = []
  private var free: [Int] = []
  private var names = SSHBoth<[UInt32: Int]>([:], [:])
  /// Channels opened so far.
  private(set) var opened: UInt32 = 0
  /// Channels whose content is looked into.
  var contentCount = 0

  var count: Int { slots.count - free.count }

  /// The channel that `sender` calls `number`, which is the other end's number for it.
  func index(named number: UInt32, by sender: Direction) -> Int? { names[sender][number] }

  /// Takes a channel out to be changed; `put` brings it back to its place.
  mutating func take(_ index: Int) -> SSHChannel? {
    guard slots.indices.contains(index) else { return nil }
    var channel: SSHChannel?
    swap(&channel, &slots[index])
    return channel
  }

  mutating func put(_ channel: consuming SSHChannel, at index: Int) {
    guard slots.indices.contains(index) else { return }
    slots[index] = channel
  }

  /// A new channel; its opener's number is what the other end calls it by.
  mutating func insert(_ channel: SSHChannel) {
    let index = free.popLast() ?? slots.count
    if index == slots.count { slots.append(channel) } else { slots[index] = channel }
    names[channel.opener.reversed][channel.openerNumber] = index
    opened &+= 1
  }

  /// The other end gave the channel at `index` its own number.
  mutating func name(_ number: UInt32, by sender: Direction, at index: Int) { names[sender][number] = index }

  /// Forgets the channel of a place that was taken out.
  mutating func remove(_ channel: borrowing SSHChannel, at index: Int) {
    let opener = channel.opener
    if names[opener.reversed][channel.openerNumber] == index { names[opener.reversed][channel.openerNumber] = nil }
    if let number = channel.acceptorNumber, names[opener][number] == index { names[opener][number] = nil }
    if slots.indices.contains(index) {
      slots[index] = nil
      free.append(index)
    }
  }

  /// The channel of that opener whose number at the other end is not known, when there is only one.
  func onlyUnconfirmed(openedBy opener: Direction) -> Int? {
    var found: Int?
    for index in slots.indices {
      guard let channel = slots[index], channel.opener == opener, !channel.isOpen else { continue }
      if found != nil { return nil }
      found = index
    }
    return found
  }

  mutating func forEach(_ change: (inout SSHChannel) -> Void) {
    for index in slots.indices {
      guard var channel = take(index) else { continue }
      change(&channel)
      slots[index] = channel
    }
  }

  /// All channels, in the order of opening; the table is empty afterwards.
  mutating func removeAll() -> [SSHChannel] {
    let all = slots.compactMap { $0 }.sorted { $0.number < $1.number }
    slots = []
    free = []
    names = SSHBoth([:], [:])
    return all
  }
}
