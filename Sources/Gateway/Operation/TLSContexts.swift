import NIOSSL

extension GatewayConfiguration.ServerTLS {
  /// For the server's end of TLS, with this chain of certificates.
  ///
  /// `protocols`: of HTTP, by the names of ALPN (RFC 7301); empty where none is negotiated.
  func context(
    _ chain: [NIOSSLCertificate], protocols: [String] = [], least: TLSVersion = .tlsv12
  ) throws -> NIOSSLContext {
    var configuration = TLSConfiguration.makeServerConfiguration(
      certificateChain: chain.map { .certificate($0) },
      privateKey: .privateKey(try NIOSSLPrivateKey(file: keyFile, format: .pem)))
    configuration.minimumTLSVersion = least
    configuration.applicationProtocols = protocols
    if let clients {
      // Who shows none is told so in words of the protocol.
      configuration.certificateVerification = .optionalVerification
      configuration.trustRoots = .file(clients.file)
      configuration.sendCANameList = true
    }
    return try NIOSSLContext(configuration: configuration)
  }
}

extension TargetServer.Encryption {
  /// For the client's end of TLS towards a target; nil where there is none.
  func context(_ own: TargetServer.Certificate?, protocols: [String] = []) throws -> NIOSSLContext? {
    var configuration = TLSConfiguration.makeClientConfiguration()
    configuration.minimumTLSVersion = .tlsv12
    configuration.applicationProtocols = protocols
    if let own {
      configuration.certificateChain = try NIOSSLCertificate.fromPEMFile(own.file).map { .certificate($0) }
      configuration.privateKey = .privateKey(try NIOSSLPrivateKey(file: own.keyFile, format: .pem))
    }
    switch self {
    case .none: return nil
    case .unverified: configuration.certificateVerification = .none
    case .verified(let authorityFile, _): if let authorityFile { configuration.trustRoots = .file(authorityFile) }
    }
    return try NIOSSLContext(configuration: configuration)
  }
}
