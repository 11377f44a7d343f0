import Bytes
import CCrypto

/// What is told of an X.509 certificate, read by libcrypto.
struct CertificateFacts {
  /// Longer certificates are not read.
  static let byteLimit = 64 << 10
  /// Names beyond are not told.
  static let nameLimit = 64

  let subject: String
  let issuer: String
  let names: [String]
  let notBefore: String?
  let notAfter: String?
  let sha256: String

  init?(der: [UInt8]) {
    guard der.count <= Self.byteLimit else { return nil }
    let read: (String, String, [String], String?, String?)? = unsafe der.withUnsafeBufferPointer { buffer in
      var cursor = buffer.baseAddress
      guard let certificate = unsafe d2i_X509(nil, &cursor, buffer.count) else { return nil }
      defer { unsafe X509_free(certificate) }
      return unsafe (
        Self.text(X509_get_subject_name(certificate)), Self.text(X509_get_issuer_name(certificate)),
        Self.alternatives(certificate), Self.time(X509_get0_notBefore(certificate)),
        Self.time(X509_get0_notAfter(certificate))
      )
    }
    ERR_clear_error()
    guard let read else { return nil }
    (subject, issuer, names, notBefore, notAfter) = read
    sha256 = SHA256.digest(of: der.span).hex
  }

  private static func text(_ name: OpaquePointer?) -> String {
    guard let name = unsafe name, let bio = unsafe BIO_new(BIO_s_mem()) else { return "" }
    defer { unsafe BIO_free(bio) }
    // XN_FLAG_RFC2253, a macro Swift does not see, without ASN1_STRFLGS_ESC_MSB: names stay UTF-8.
    let flags: UInt = 0x0111_0313
    guard unsafe X509_NAME_print_ex(bio, name, 0, flags) >= 0 else { return "" }
    var out = [UInt8](repeating: 0, count: 4096)
    let count = unsafe out.withUnsafeMutableBytes { unsafe BIO_read(bio, $0.baseAddress, 4096) }
    return String(decoding: out.prefix(max(0, Int(count))), as: UTF8.self)
  }

  private static func time(_ time: UnsafePointer<ASN1_TIME>?) -> String? {
    var parts = unsafe tm()
    guard let time = unsafe time, unsafe ASN1_TIME_to_tm(time, &parts) == 1 else { return nil }
    func two(_ value: CInt) -> String { (value < 10 ? "0" : "") + String(value) }
    let date = unsafe "\(parts.tm_year + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))"
    return unsafe "\(date)T\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))Z"
  }

  /// DNS names and addresses of subjectAltName (RFC 5280 §4.2.1.6).
  private static func alternatives(_ certificate: OpaquePointer) -> [String] {
    let index = unsafe X509_get_ext_by_NID(certificate, NID_subject_alt_name, -1)
    guard index >= 0, let found = unsafe X509_get_ext(certificate, index),
      let value = unsafe X509_EXTENSION_get_data(found), let start = unsafe ASN1_STRING_get0_data(value)
    else { return [] }
    let count = unsafe Int(ASN1_STRING_length(value))
    guard count > 0 else { return [] }
    let bytes = unsafe Array(UnsafeBufferPointer(start: start, count: count))
    var reader = ByteReader(bytes.span)
    var out: [String] = []
    guard (try? element(&reader)) != nil else { return [] }
    reader = ByteReader(bytes.span)
    do throws(DecodeError) {
      try reader.skip(1)
      _ = try length(&reader)
      while !reader.isAtEnd, out.count < nameLimit {
        let (tag, value) = try element(&reader)
        switch tag {
        case 0x81, 0x82, 0x86: out.append(String(decoding: value, as: UTF8.self))
        case 0x87 where value.count == 4: out.append(value.map { String($0) }.joined(separator: "."))
        case 0x87: out.append(value.hex)
        default: break
        }
      }
    } catch {
      return out
    }
    return out
  }

  private static func length(_ reader: inout ByteReader) throws(DecodeError) -> Int {
    let first = try reader.readUInt8("DER length")
    if first < 0x80 { return Int(first) }
    var value = 0
    for _ in 0..<min(3, first & 0x7f) { value = value << 8 | Int(try reader.readUInt8("DER length")) }
    return value
  }

  private static func element(_ reader: inout ByteReader) throws(DecodeError) -> (UInt8, [UInt8]) {
    let tag = try reader.readUInt8("DER tag")
    let count = try length(&reader)
    return (tag, try reader.read(count, "DER value").array)
  }
}
