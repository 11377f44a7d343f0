/// The types that PostgreSQL itself defines, by their fixed OIDs (pg_type.dat).
enum PostgresType {
  /// How a binary value is laid out.
  indirect enum Layout: Sendable {
    case bool, char, int2, int4, int8, oid, float4, float8, numeric, text, bytea, uuid
    case date, time, timeTZ, timestamp, timestampTZ, interval
    case jsonb, money, inet, macaddr, bits, point, lsn, tid, record, void
    case vector
    case array
    case range(Layout)
    case multirange(Layout)
  }

  static func name(_ oid: UInt32) -> String {
    if let entry = table[oid] { return entry.name }
    if let element = arrays[oid] { return (table[element]?.name ?? "oid \(element)") + "[]" }
    return oid == 0 ? "unknown" : "oid \(oid)"
  }

  static func layout(_ oid: UInt32) -> Layout? {
    if let entry = table[oid] { return entry.layout }
    return arrays[oid] == nil ? nil : .array
  }

  private static let table: [UInt32: (name: String, layout: Layout)] = [
    16: ("bool", .bool), 17: ("bytea", .bytea), 18: ("char", .char), 19: ("name", .text), 20: ("int8", .int8),
    21: ("int2", .int2), 22: ("int2vector", .vector), 23: ("int4", .int4), 24: ("regproc", .oid),
    25: ("text", .text), 26: ("oid", .oid), 27: ("tid", .tid), 28: ("xid", .oid), 29: ("cid", .oid),
    30: ("oidvector", .vector), 114: ("json", .text), 142: ("xml", .text), 194: ("pg_node_tree", .text),
    600: ("point", .point), 650: ("cidr", .inet), 700: ("float4", .float4), 701: ("float8", .float8),
    705: ("unknown", .text), 774: ("macaddr8", .macaddr), 790: ("money", .money), 829: ("macaddr", .macaddr),
    869: ("inet", .inet), 1033: ("aclitem", .text), 1042: ("bpchar", .text), 1043: ("varchar", .text),
    1082: ("date", .date), 1083: ("time", .time), 1114: ("timestamp", .timestamp), 1184: ("timestamptz", .timestampTZ),
    1186: ("interval", .interval), 1266: ("timetz", .timeTZ), 1560: ("bit", .bits), 1562: ("varbit", .bits),
    1700: ("numeric", .numeric), 1790: ("refcursor", .text), 2202: ("regprocedure", .oid), 2203: ("regoper", .oid),
    2205: ("regclass", .oid), 2206: ("regtype", .oid), 2249: ("record", .record), 2275: ("cstring", .text),
    2278: ("void", .void), 2950: ("uuid", .uuid), 3220: ("pg_lsn", .lsn), 3614: ("tsvector", .text),
    3802: ("jsonb", .jsonb), 4072: ("jsonpath", .jsonb), 5069: ("xid8", .int8),
    3904: ("int4range", .range(.int4)), 3906: ("numrange", .range(.numeric)), 3908: ("tsrange", .range(.timestamp)),
    3910: ("tstzrange", .range(.timestampTZ)), 3912: ("daterange", .range(.date)), 3926: ("int8range", .range(.int8)),
    4451: ("int4multirange", .multirange(.int4)), 4532: ("nummultirange", .multirange(.numeric)),
    4533: ("tsmultirange", .multirange(.timestamp)), 4534: ("tstzmultirange", .multirange(.timestampTZ)),
    4535: ("datemultirange", .multirange(.date)), 4536: ("int8multirange", .multirange(.int8)),
  ]

  /// Array types and their elements.
  private static let arrays: [UInt32: UInt32] = [
    1000: 16, 1001: 17, 1002: 18, 1003: 19, 1016: 20, 1005: 21, 1007: 23, 1008: 24, 1009: 25, 1028: 26, 1010: 27,
    1011: 28, 1012: 29, 199: 114, 143: 142, 1017: 600, 651: 650, 1021: 700, 1022: 701, 775: 774, 791: 790, 1040: 829,
    1041: 869, 1014: 1042, 1015: 1043, 1182: 1082, 1183: 1083, 1115: 1114, 1185: 1184, 1187: 1186, 1270: 1266,
    1561: 1560, 1563: 1562, 1231: 1700, 2207: 2202, 2210: 2205, 2211: 2206, 2287: 2249, 1263: 2275, 2951: 2950,
    3221: 3220, 3807: 3802, 3905: 3904, 3907: 3906, 3909: 3908, 3911: 3910, 3913: 3912, 3927: 3926, 6150: 4451,
    6151: 4532, 6152: 4533, 6153: 4534, 6155: 4535, 6157: 4536, 271: 5069,
  ]
}
