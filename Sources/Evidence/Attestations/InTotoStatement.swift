import Bytes

/// What is said of files by their digests (in-toto Statement v1): here, how a case was judged (predicate test-result v0.1).
public struct InTotoStatement: Sendable, Hashable {
  /// A file and its SHA-256, hexadecimal.
  public struct Resource: Sendable, Hashable {
    public var name: String
    public var sha256: String

    public init(name: String, sha256: String) {
      self.name = name
      self.sha256 = sha256
    }
  }

  /// Of the predicate.
  public enum Result: String, Sendable, Hashable {
    case passed = "PASSED"
    case warned = "WARNED"
    case failed = "FAILED"
  }

  public static let payloadType = "application/vnd.in-toto+json"
  static let type = "https://in-toto.io/Statement/v1"
  static let predicateType = "https://in-toto.io/attestation/test-result/v0.1"
  /// Files of a statement.
  static let subjectLimit = 100_000

  /// The files that it speaks of.
  public var subjects: [Resource]
  public var result: Result
  /// What it rests on: the policy, and the sources of the case.
  public var configuration: [Resource]
  /// Ids of changes that were not acceptable.
  public var failed: [String]

  public init(subjects: [Resource], result: Result, configuration: [Resource], failed: [String]) {
    self.subjects = subjects
    self.result = result
    self.configuration = configuration
    self.failed = failed
  }

  /// The statement as JSON.
  public var json: [UInt8] {
    var json = JSONWriter()
    json.object { json in
      json.key("_type")
      json.value(Self.type)
      json.key("predicate")
      json.object { json in
        json.key("configuration")
        put(configuration, &json)
        json.key("failedTests")
        json.value(failed)
        json.key("result")
        json.value(result.rawValue)
      }
      json.key("predicateType")
      json.value(Self.predicateType)
      json.key("subject")
      put(subjects, &json)
    }
    return Array(json.text.utf8)
  }

  private func put(_ resources: [Resource], _ json: inout JSONWriter) {
    json.array { json in
      for resource in resources {
        json.object { json in
          json.key("digest")
          json.object { json in
            json.key("sha256")
            json.value(resource.sha256)
          }
          json.key("name")
          json.value(resource.name)
        }
      }
    }
  }

  /// Reads a statement that `json` wrote.
  ///
  /// - Throws: `AttestationError` for another kind of statement, or one that names a file twice.
  public init(parsing bytes: [UInt8]) throws(AttestationError) {
    guard let document = JSONValue.document(in: bytes), document["_type"]?.string == Self.type,
      document["predicateType"]?.string == Self.predicateType, let predicate = document["predicate"],
      let result = predicate["result"]?.string.flatMap({ Result(rawValue: $0) })
    else { throw AttestationError("the payload is no in-toto statement of a test result") }
    subjects = try Self.resources(document["subject"])
    configuration = try Self.resources(predicate["configuration"])
    self.result = result
    failed = (predicate["failedTests"]?.elements ?? []).compactMap(\.string)
    guard !subjects.isEmpty, Set(subjects.map(\.name)).count == subjects.count else {
      throw AttestationError("the statement names no file, or one twice")
    }
  }

  private static func resources(_ value: JSONValue?) throws(AttestationError) -> [Resource] {
    let elements = value?.elements ?? []
    guard elements.count <= subjectLimit else {
      throw AttestationError("the statement names over \(subjectLimit) files")
    }
    var found: [Resource] = []
    for element in elements {
      guard let name = element["name"]?.string, let digest = element["digest"]?["sha256"]?.string,
        digest.utf8.count == 64
      else { throw AttestationError("a file of the statement has no name or no SHA-256") }
      found.append(Resource(name: name, sha256: digest))
    }
    return found
  }
}
