/// A time stamping authority (RFC 3161) that `openssl ts` plays.
public enum OpenSSLStamps {
  /// For `bash`, in a folder of its own: leaves `root.pem`, whom to trust, and `tsa.conf` for `openssl ts -reply`.
  public static let authority = """
    set -e
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 9 -subj /CN=root \
      -keyout root.key -out root.pem
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=stamps -keyout tsa.key -out tsa.csr
    echo 'extendedKeyUsage=critical,timeStamping' >usage
    openssl x509 -req -in tsa.csr -CA root.pem -CAkey root.key -CAcreateserial -days 9 -extfile usage -out tsa.pem
    printf '%s\\n' '[tsa]' 'default_tsa=t' '[t]' "serial=$PWD/serial" "signer_cert=$PWD/tsa.pem" \
      "signer_key=$PWD/tsa.key" "certs=$PWD/root.pem" 'signer_digest=sha256' 'default_policy=1.2.3.4' \
      'digests=sha256' 'accuracy=secs:2' 'clock_precision_digits=3' >tsa.conf
    echo 01 >serial
    """
}
