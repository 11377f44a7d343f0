import Model

/// Types whose binary format is looked into, by their fixed OIDs (pg_type.dat).
enum BinaryTypes {
  private static let names: [UInt32: String] = [
    17: "bytea", 18: "char", 19: "name", 20: "int8", 21: "int2", 23: "int4", 25: "text", 26: "oid", 114: "json",
    142: "xml", 650: "cidr", 700: "float4", 701: "float8", 705: "unknown", 869: "inet", 1042: "bpchar",
    1043: "varchar", 1082: "date", 1114: "timestamp", 1184: "timestamptz", 1700: "numeric", 2249: "record",
    2275: "cstring", 2950: "uuid", 3802: "jsonb", 1001: "bytea[]", 1009: "text[]", 1015: "varchar[]", 1016: "int8[]",
    1007: "int4[]", 1014: "bpchar[]", 1041: "inet[]", 1231: "numeric[]", 2951: "uuid[]", 3807: "jsonb[]", 199: "json[]",
  ]

  static func name(_ oid: UInt32) -> String? { names[oid] }
}

/// The text of an address of 4 or 16 bytes.
enum AddressText {
  static func text(_ bytes: [UInt8]) -> [UInt8]? {
    let number = { (part: ArraySlice<UInt8>) in part.reduce(UInt64(0)) { $0 << 8 | UInt64($1) } }
    switch bytes.count {
    case 4: return Array(IPAddress(v4: UInt32(truncatingIfNeeded: number(bytes[...]))).description.utf8)
    case 16:
      return Array(IPAddress(v6High: number(bytes.prefix(8)), low: number(bytes.suffix(8))).description.utf8)
    default: return nil
    }
  }
}
