/// Which variables and options of programs hold secrets.
enum ShellSecrets {
  private static let variables: Set<String> = [
    "MYSQL_PWD", "REDISCLI_AUTH", "SSHPASS", "PGPASSWORD", "RESTIC_PASSWORD", "BORG_PASSPHRASE", "LDAPPASS",
  ]
  /// The shell's own, and those that say where a secret is.
  private static let harmless: Set<String> = ["PWD", "OLDPWD", "SSH_AUTH_SOCK", "XAUTHORITY", "GIT_ASKPASS"]

  static func isSecret(variable name: String) -> Bool {
    if harmless.contains(name) || name.hasSuffix("_FILE") || name.hasSuffix("_PATH") { return false }
    return variables.contains(name) || SecretNames.isSecret(name, in: .text)
  }

  /// `--password`, `--auth-token`, `--client-secret`: options of any program.
  static func isSecret(option name: String) -> Bool {
    guard name.hasPrefix("-"), name.count > 3 else { return false }
    let word = name.drop { $0 == "-" }
    if word.hasSuffix("file") || word.hasSuffix("stdin") || word.hasSuffix("path") || word == "pass" { return false }
    return SecretNames.isSecret(word, in: .text)
  }

  /// Options of one letter, or of names that tell nothing, by program.
  static let byProgram: [String: Set<String>] = [
    "mysql": ["-p"], "mysqldump": ["-p"], "mysqladmin": ["-p"], "mariadb": ["-p"], "mongo": ["-p"], "mongosh": ["-p"],
    "mongodump": ["-p"], "mongorestore": ["-p"],
    "redis-cli": ["-a", "--pass"], "sshpass": ["-p"], "curl": ["-u", "--user", "-U", "--proxy-user"],
    "ldapsearch": ["-w"],
    "ldapmodify": ["-w"], "docker login": ["-p"], "podman login": ["-p"], "helm login": ["-p"], "az login": ["-p"],
    "sqlcmd": ["-P"], "bcp": ["-P"], "useradd": ["-p", "--password"], "usermod": ["-p", "--password"],
    "smbclient": ["--password"], "http": ["-a", "--auth"], "https": ["-a", "--auth"], "unzip": ["-P"], "zip": ["-P"],
    "7z": ["-p"], "openssl": ["-passin", "-passout", "-k", "-pass"], "kadmin": ["-w"], "ipmitool": ["-P"],
    "clickhouse-client": ["--password"],
  ]
}
