/// What the first byte of a captured packet is: the LINKTYPE_ numbers of the tcpdump group's registry.
public struct LinkType: Hashable, Sendable {
  public var number: UInt16

  public init(_ number: UInt16) { self.number = number }

  public static let null = LinkType(0)
  public static let ethernet = LinkType(1)
  public static let ppp = LinkType(9)
  public static let raw = LinkType(101)
  public static let loop = LinkType(108)
  public static let linuxSLL = LinkType(113)
  public static let ipv4 = LinkType(228)
  public static let ipv6 = LinkType(229)
  /// Exported PDUs of Wireshark: tags that name a dissector, then what it is given.
  public static let exportedPDU = LinkType(252)
  public static let linuxSLL2 = LinkType(276)
}
