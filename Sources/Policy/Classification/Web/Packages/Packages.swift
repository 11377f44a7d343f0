import Bytes
import Model

/// Registries of packages: what is published, withdrawn and fetched.
enum Packages: WebApplication {
  struct Operation {
    /// `npm publish`, `oci push`, …
    var verb: String
    var effect: Effect
    var access: String
    /// `npm left-pad 1.3.0`; nil when the request does not say it.
    var package: String?
    var note: String?
  }

  static func recognize(_ request: WebRequest) -> Bool { operation(request) != nil }

  static func parts(of request: WebRequest, in context: inout WebContext, _ sql: inout SQLClassifier) -> [CallPart] {
    guard let operation = operation(request) else { return [] }
    var result = Classification(verb: operation.verb, effect: operation.effect)
    result.resources = [
      operation.package.map { Resource(operation.access, "package", $0) }
        ?? Resource(operation.access, "url", request.url)
    ]
    result.fingerprint = "\(operation.verb) \(request.host)"
    result.note = operation.note
    var part = request.part(result)
    if let error = request.answer?["errors"]?.elements.first {
      part.message = (error["message"] ?? error["detail"])?.string
    }
    return [part]
  }

  private static func operation(_ request: WebRequest) -> Operation? {
    npm(request) ?? pypi(request) ?? oci(request) ?? cargo(request) ?? others(request) ?? maven(request)
  }

  /// npm: the document of a package is put with its versions and their contents.
  private static func npm(_ request: WebRequest) -> Operation? {
    let segments = request.segments
    if request.method == "PUT", segments.first == "-", segments.dropFirst().first == "user" {
      return Operation(verb: "npm login", effect: .session, access: "use")
    }
    if segments.first == "-", segments.contains("dist-tags"), segments.count >= 4 {
      let effect: Effect = request.method == "GET" ? .read : .write
      return Operation(
        verb: "npm dist-tag", effect: effect, access: effect == .read ? "read" : "write", package: "npm \(segments[2])")
    }
    if request.method == "PUT", let json = request.json, let name = json["name"]?.string ?? json["_id"]?.string,
      json["versions"]?.isObject == true, request.path.contains("/"), json["_id"] != nil
    {
      guard json["_attachments"]?.members.isEmpty == false else {
        return Operation(verb: "npm update", effect: .write, access: "write", package: "npm \(name)")
      }
      let versions = (json["versions"]?.members ?? []).prefix(20).map(\.name).joined(separator: ",")
      return Operation(verb: "npm publish", effect: .write, access: "write", package: "npm \(name) \(versions)")
    }
    if request.method == "DELETE", let mark = segments.firstIndex(of: "-rev"), mark > 0 {
      let name = segments[..<mark].prefix { $0 != "-" }.joined(separator: "/")
      return Operation(verb: "npm unpublish", effect: .write, access: "drop", package: "npm \(name)")
    }
    return nil
  }

  /// PyPI's upload: a form with an action, the name and version of the package and its file.
  private static func pypi(_ request: WebRequest) -> Operation? {
    guard request.method == "POST", request.mediaType == "multipart/form-data", let body = request.call.requestBody,
      let parts = MultipartSecrets.parts(of: body.content.bytes, mediaType: body.mediaType)
    else { return nil }
    let field = { (name: String) -> String? in
      parts.first { $0.name == name }.map { String(decoding: body.content.bytes[$0.content], as: UTF8.self) }
    }
    guard field(":action") == "file_upload", let name = field("name") else { return nil }
    return Operation(
      verb: "pypi upload", effect: .write, access: "write", package: "pypi \(name) \(field("version") ?? "")")
  }

  /// OCI distribution specification §"Endpoints": `/v2/<name>/(manifests|blobs|tags|referrers)/…`
  private static func oci(_ request: WebRequest) -> Operation? {
    guard request.segments.first == "v2",
      let mark = request.segments.lastIndex(where: { ["manifests", "blobs", "tags", "referrers"].contains($0) }),
      mark >= 2, mark + 1 < request.segments.count
    else { return nil }
    let fields = request.call.head
    let types = request.mediaType + (request.field("accept") ?? "") + (request.answer?["mediaType"]?.string ?? "")
    let reference = request.segments[mark + 1]
    let isTold =
      fields.responseFields["docker-distribution-api-version"] != nil || types.contains("application/vnd.oci.")
      || types.contains("application/vnd.docker.") || reference.hasPrefix("sha256:")
      || (request.segments[mark] == "blobs" && reference == "uploads")
    guard isTold else { return nil }
    let name = request.segments[1..<mark].joined(separator: "/")
    let isManifest = request.segments[mark] == "manifests"
    let package = "oci \(request.host)/\(name)" + (isManifest ? (reference.contains(":") ? "@" : ":") + reference : "")
    switch request.method {
    case "GET", "HEAD": return Operation(verb: "oci pull", effect: .read, access: "read", package: package)
    case "PUT", "POST", "PATCH":
      return Operation(verb: isManifest ? "oci push" : "oci upload", effect: .write, access: "write", package: package)
    case "DELETE": return Operation(verb: "oci delete", effect: .write, access: "drop", package: package)
    default: return nil
    }
  }

  /// Cargo's web API: a length of 32 bits, little-endian, the package's metadata in JSON, and its file.
  private static func cargo(_ request: WebRequest) -> Operation? {
    guard let mark = request.segments.firstIndex(of: "crates"), mark >= 2, request.segments[mark - 2] == "api" else {
      return nil
    }
    let rest = Array(request.segments[(mark + 1)...])
    if request.method == "PUT", rest == ["new"] {
      let bytes = request.call.requestBody?.content.bytes ?? []
      let length = bytes.prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
      let metadata = JSONValue.document(in: Array(bytes.dropFirst(4).prefix(length)))
      let package = metadata?["name"]?.string.map { "cargo \($0) \(metadata?["vers"]?.string ?? "")" }
      return Operation(verb: "cargo publish", effect: .write, access: "write", package: package)
    }
    guard rest.count == 3 else { return nil }
    let package = "cargo \(rest[0]) \(rest[1])"
    if request.method == "DELETE", rest[2] == "yank" {
      return Operation(verb: "cargo yank", effect: .write, access: "drop", package: package)
    }
    if request.method == "PUT", rest[2] == "unyank" {
      return Operation(verb: "cargo unyank", effect: .write, access: "write", package: package)
    }
    return nil
  }

  private static func others(_ request: WebRequest) -> Operation? {
    if request.method == "PUT", request.field("x-nuget-apikey") != nil {
      return Operation(verb: "nuget push", effect: .write, access: "write")
    }
    if request.method == "POST", request.path == "/api/v1/gems", request.field("authorization") != nil {
      return Operation(verb: "gem push", effect: .write, access: "write")
    }
    return nil
  }

  /// The layout of a Maven repository: `…/artifact/version/artifact-version.ext`.
  private static func maven(_ request: WebRequest) -> Operation? {
    guard request.method == "PUT", request.segments.count >= 4 else { return nil }
    let parts = Array(request.segments.suffix(3))
    guard let dot = parts[2].lastIndex(of: "."), parts[2].hasPrefix(parts[0] + "-"),
      ["jar", "pom", "war", "ear", "aar", "module", "zip"].contains(parts[2][parts[2].index(after: dot)...])
    else { return nil }
    let isSnapshot = parts[1].hasSuffix("-SNAPSHOT")
    guard isSnapshot || parts[2].hasPrefix("\(parts[0])-\(parts[1])") else { return nil }
    // Where the path of the repository ends and the group begins is not told.
    return Operation(
      verb: "maven deploy", effect: .write, access: "write", package: "maven \(parts[0]) \(parts[1])",
      note: "the group is part of the path")
  }
}
