import CCrypto

/// The numbers of a key in the form in which libcrypto's `EVP_PKEY_fromdata` takes them.
@safe final class KeyParameters {
  private var parameters: [OSSL_PARAM] = unsafe []
  private var buffers: [UnsafeMutableRawPointer] = unsafe []

  deinit {
    unsafe buffers.forEach { unsafe $0.deallocate() }
  }

  /// Memory that stays where it is until libcrypto has read it.
  private func keep(_ bytes: [UInt8]) -> UnsafeMutableRawPointer {
    let buffer = UnsafeMutableRawPointer.allocate(byteCount: max(bytes.count, 1), alignment: 8)
    unsafe buffer.copyMemory(from: bytes, byteCount: bytes.count)
    unsafe buffers.append(buffer)
    return unsafe buffer
  }

  /// A text with a NUL; libcrypto keeps the pointers to names, too.
  private func keep(_ text: String) -> UnsafeMutablePointer<CChar> {
    unsafe keep(text.utf8CString.map { UInt8(bitPattern: $0) }).assumingMemoryBound(to: CChar.self)
  }

  /// Takes a number from its big-endian bytes.
  func add(_ name: String, number: [UInt8]) {
    // libcrypto wants the order of this machine's own numbers.
    let native = 1.littleEndian == 1 ? Array(number.reversed()) : number
    let buffer = unsafe keep(native).assumingMemoryBound(to: UInt8.self)
    unsafe parameters.append(OSSL_PARAM_construct_BN(keep(name), buffer, native.count))
  }

  func add(_ name: String, text: String) {
    unsafe parameters.append(OSSL_PARAM_construct_utf8_string(keep(name), keep(text), 0))
  }

  func add(_ name: String, octets: [UInt8]) {
    unsafe parameters.append(OSSL_PARAM_construct_octet_string(keep(name), keep(octets), octets.count))
  }

  /// The key, which the caller frees; nil when libcrypto does not take the numbers.
  func makeKey(_ type: String, selection: Int32, in library: LibraryContext? = nil) -> OpaquePointer? {
    guard let context = unsafe EVP_PKEY_CTX_new_from_name(library?.pointer, type, nil) else { return nil }
    defer { unsafe EVP_PKEY_CTX_free(context) }
    guard unsafe EVP_PKEY_fromdata_init(context) == 1 else { return nil }
    unsafe parameters.append(OSSL_PARAM_construct_end())
    defer { unsafe parameters.removeLast() }
    var key: OpaquePointer?
    guard unsafe EVP_PKEY_fromdata(context, &key, selection, &parameters) == 1 else { return nil }
    return unsafe key
  }

  /// Lends them, ended as libcrypto wants it.
  func withParameters(_ body: (UnsafePointer<OSSL_PARAM>?) -> Bool) -> Bool {
    unsafe parameters.append(OSSL_PARAM_construct_end())
    defer { unsafe parameters.removeLast() }
    return unsafe parameters.withUnsafeBufferPointer { unsafe body($0.baseAddress) }
  }

  /// libcrypto's name of a curve that SSH names.
  static func group(_ curve: String) -> String {
    switch curve {
    case "nistp256": "P-256"
    case "nistp384": "P-384"
    default: "P-521"
    }
  }
}
