import CCrypto
public import Model

/// The answer of a time stamping authority (RFC 3161 §2.4.2, DER): certain bytes existed at a certain time.
public enum TimeStampToken {
  /// Bytes of an answer.
  public static let byteLimit = 256 << 10

  /// When the bytes existed at the latest: the authority's time, plus the accuracy that it claims.
  ///
  /// The authority's certificate counts as it was at that time, so that what verifies today verifies for good.
  ///
  /// - Throws: `TimeStampError` when the answer is no token, is of other bytes, or not of an authority that is believed.
  public static func verify(
    _ answer: [UInt8], of bytes: [UInt8], by authorities: TimeStampAuthorities
  ) throws(TimeStampError) -> Timestamp {
    guard answer.count <= byteLimit else { throw TimeStampError("longer than \(byteLimit) bytes") }
    defer { ERR_clear_error() }
    let response = unsafe answer.withUnsafeBufferPointer { buffer in
      var cursor = buffer.baseAddress
      let read = unsafe d2i_TS_RESP(nil, &cursor, buffer.count)
      let isWhole = unsafe cursor.map { unsafe $0 - (buffer.baseAddress ?? $0) == buffer.count } ?? false
      if !isWhole { unsafe TS_RESP_free(read) }
      return unsafe isWhole ? read : nil
    }
    guard let response = unsafe response else { throw TimeStampError("not an answer of RFC 3161 in DER") }
    defer { unsafe TS_RESP_free(response) }
    guard let info = unsafe TS_RESP_get_tst_info(response), let time = unsafe time(info) else {
      throw TimeStampError("the authority refused to stamp, or gave no time")
    }
    try unsafe check(response, bytes, authorities, at: time.stamped)
    return time.latest
  }

  private static func check(
    _ response: OpaquePointer, _ bytes: [UInt8], _ authorities: TimeStampAuthorities, at time: Timestamp
  ) throws(TimeStampError) {
    guard let context = unsafe TS_VERIFY_CTX_new(), let length = Int32(exactly: bytes.count),
      let parameters = unsafe X509_STORE_get0_param(authorities.store)
    else { throw TimeStampError("libcrypto is out of memory") }
    unsafe X509_VERIFY_PARAM_set_time(parameters, time_t(time.seconds))
    let flags = TS_VFY_VERSION | TS_VFY_SIGNATURE | TS_VFY_DATA
    _ = unsafe TS_VERIFY_CTX_set_flags(context, Int32(bitPattern: UInt32(flags)))
    // The context frees its store; ours stays.
    _ = unsafe X509_STORE_up_ref(authorities.store)
    _ = unsafe TS_VERIFY_CTX_set_store(context, authorities.store)
    let answer = unsafe bytes.withUnsafeBufferPointer { buffer -> Int32 in
      guard let data = unsafe BIO_new_mem_buf(buffer.baseAddress, length) else { return 0 }
      _ = unsafe TS_VERIFY_CTX_set_data(context, data)
      return unsafe TS_RESP_verify_response(context, response)
    }
    // Frees the store and the data.
    unsafe TS_VERIFY_CTX_free(context)
    guard answer == 1 else { throw TimeStampError(reason()) }
  }

  private static func time(_ info: OpaquePointer) -> (stamped: Timestamp, latest: Timestamp)? {
    guard let text = unsafe TS_TST_INFO_get_time(info), let data = unsafe ASN1_STRING_get0_data(text),
      let count = unsafe Int(exactly: ASN1_STRING_length(text)), (15...64).contains(count)
    else { return nil }
    let bytes = unsafe Array(UnsafeBufferPointer(start: data, count: count))
    // YYYYMMDDhhmmss[.f]Z (RFC 3161 §2.4.2: always UTC).
    guard bytes.last == UInt8(ascii: "Z"), bytes[..<14].allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    let d = String(decoding: bytes[..<14], as: UTF8.self).map(String.init)
    let date = "\(d[0...3].joined())-\(d[4...5].joined())-\(d[6...7].joined())"
    guard
      let stamped = Timestamp(utc: "\(date)T\(d[8...9].joined()):\(d[10...11].joined()):\(d[12...13].joined())Z")
    else { return nil }
    var seconds: Int64 = count > 15 ? 1 : 0
    if let accuracy = unsafe TS_TST_INFO_get_accuracy(info) {
      let whole = unsafe TS_ACCURACY_get_seconds(accuracy).map { unsafe ASN1_INTEGER_get($0) } ?? 0
      let hasPart = unsafe TS_ACCURACY_get_millis(accuracy) != nil || TS_ACCURACY_get_micros(accuracy) != nil
      guard (0...86_400).contains(whole) else { return nil }
      seconds += Int64(whole) + (hasPart ? 1 : 0)
    }
    return (stamped, stamped.adding(seconds: seconds))
  }

  private static func reason() -> String {
    let code = ERR_peek_last_error()
    guard code != 0, let text = unsafe ERR_reason_error_string(code) else { return "does not verify" }
    return unsafe "does not verify: \(String(cString: text))"
  }
}
