/// Every protocol that we can parse: a folder beside this file and a line here.
public enum Catalog {
  public static let parsers: [any ProtocolParser.Type] = []
}
