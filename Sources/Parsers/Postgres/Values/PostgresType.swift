/// The types that PostgreSQL itself defines, by their fixed OIDs (pg_type.dat).
enum PostgresType {
  /// How a binary value is laid out.
  indirect enum Layout: Sendable {
    case bool, char, int2, int4, int8, oid, xid8, float4, float8, numeric, text, bytea, uuid
    case date, time, timeTZ, timestamp, timestampTZ, interval
    /// A version byte, 1, and text: jsonb and jsonpath.
    case versionedText
    case money, inet, bits, lsn, tid, void
    case macaddr(Int)
    case points(GeometricValue.Shape)
    case vector
    case array
    case record
    case range(Layout)
    case multirange(Layout)
  }

  static let box: UInt32 = 603

  static func name(_ oid: UInt32) -> String {
    if let entry = table[oid] { return entry.name }
    if let element = arrays[oid] { return (table[element]?.name ?? "oid \(element)") + "[]" }
    return oid == 0 ? "unknown" : "oid \(oid)"
  }

  static func layout(_ oid: UInt32) -> Layout? {
    if let entry = table[oid] { return entry.layout }
    return arrays[oid] == nil ? nil : .array
  }

  private static let table: [UInt32: (name: String, layout: Layout?)] = [
    16: ("bool", .bool), 17: ("bytea", .bytea), 18: ("char", .char), 19: ("name", .text), 20: ("int8", .int8),
    21: ("int2", .int2), 22: ("int2vector", .vector), 23: ("int4", .int4), 24: ("regproc", .oid),
    25: ("text", .text), 26: ("oid", .oid), 27: ("tid", .tid), 28: ("xid", .oid), 29: ("cid", .oid),
    30: ("oidvector", .vector), 114: ("json", .text), 142: ("xml", .text), 194: ("pg_node_tree", .text),
    600: ("point", .points(.point)), 601: ("lseg", .points(.segment)), 602: ("path", .points(.path)),
    603: ("box", .points(.box)), 604: ("polygon", .points(.polygon)), 628: ("line", .points(.line)),
    650: ("cidr", .inet), 700: ("float4", .float4), 701: ("float8", .float8), 705: ("unknown", .text),
    718: ("circle", .points(.circle)), 774: ("macaddr8", .macaddr(8)), 790: ("money", .money),
    829: ("macaddr", .macaddr(6)), 869: ("inet", .inet), 1033: ("aclitem", nil), 1042: ("bpchar", .text),
    1043: ("varchar", .text), 1082: ("date", .date), 1083: ("time", .time), 1114: ("timestamp", .timestamp),
    1184: ("timestamptz", .timestampTZ), 1186: ("interval", .interval), 1266: ("timetz", .timeTZ),
    1560: ("bit", .bits), 1562: ("varbit", .bits), 1700: ("numeric", .numeric), 1790: ("refcursor", .text),
    2202: ("regprocedure", .oid), 2203: ("regoper", .oid), 2204: ("regoperator", .oid), 2205: ("regclass", .oid),
    2206: ("regtype", .oid), 2249: ("record", .record), 2275: ("cstring", .text), 2278: ("void", .void),
    2950: ("uuid", .uuid), 2970: ("txid_snapshot", nil), 3220: ("pg_lsn", .lsn), 3614: ("tsvector", nil),
    3615: ("tsquery", nil), 3642: ("gtsvector", nil), 3734: ("regconfig", .oid), 3769: ("regdictionary", .oid),
    3802: ("jsonb", .versionedText), 4072: ("jsonpath", .versionedText), 4089: ("regnamespace", .oid),
    4096: ("regrole", .oid), 4191: ("regcollation", .oid), 5038: ("pg_snapshot", nil), 5069: ("xid8", .xid8),
    3904: ("int4range", .range(.int4)), 3906: ("numrange", .range(.numeric)), 3908: ("tsrange", .range(.timestamp)),
    3910: ("tstzrange", .range(.timestampTZ)), 3912: ("daterange", .range(.date)), 3926: ("int8range", .range(.int8)),
    4451: ("int4multirange", .multirange(.int4)), 4532: ("nummultirange", .multirange(.numeric)),
    4533: ("tsmultirange", .multirange(.timestamp)), 4534: ("tstzmultirange", .multirange(.timestampTZ)),
    4535: ("datemultirange", .multirange(.date)), 4536: ("int8multirange", .multirange(.int8)),
  ]

  /// Array types and their elements.
  private static let arrays: [UInt32: UInt32] = [
    1000: 16, 1001: 17, 1002: 18, 1003: 19, 1016: 20, 1005: 21, 1006: 22, 1007: 23, 1008: 24, 1009: 25, 1028: 26,
    1010: 27, 1011: 28, 1012: 29, 1013: 30, 199: 114, 143: 142, 1017: 600, 1018: 601, 1019: 602, 1020: 603, 1027: 604,
    629: 628, 651: 650, 1021: 700, 1022: 701, 719: 718, 775: 774, 791: 790, 1040: 829, 1041: 869, 1034: 1033,
    1014: 1042, 1015: 1043, 1182: 1082, 1183: 1083, 1115: 1114, 1185: 1184, 1187: 1186, 1270: 1266, 1561: 1560,
    1563: 1562, 1231: 1700, 2201: 1790, 2207: 2202, 2208: 2203, 2209: 2204, 2210: 2205, 2211: 2206, 2287: 2249,
    1263: 2275, 2951: 2950, 2949: 2970, 3221: 3220, 3643: 3614, 3645: 3615, 3644: 3642, 3735: 3734, 3770: 3769,
    3807: 3802, 3905: 3904, 3907: 3906, 3909: 3908, 3911: 3910, 3913: 3912, 3927: 3926, 4073: 4072, 4090: 4089,
    4097: 4096, 4192: 4191, 6150: 4451, 6151: 4532, 6152: 4533, 6153: 4534, 6155: 4535, 6157: 4536, 5039: 5038,
    271: 5069,
  ]
}
