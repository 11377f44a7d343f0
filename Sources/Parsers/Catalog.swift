/// Every protocol that we can parse: a folder beside this file and a line here.
public enum Catalog {
  public static var parsers: [any ProtocolParser.Type] {
    [PostgresParser.self, HTTPParser.self, HTTP2Parser.self, GitParser.self]
  }
}
