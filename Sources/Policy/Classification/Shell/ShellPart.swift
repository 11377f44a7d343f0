public import Model

/// What one simple command of a command line does, after unwrapping.
public struct ShellPart: Sendable {
  /// What a command hands to something that is no shell.
  public enum Nested: Sendable {
    /// Statements for a database, each as the statements of a connection are judged; `program` is `psql`, `mysql`, ….
    case sql(program: String, [StatementPart])
    /// A request of HTTP.
    case request(method: String, url: String)
  }

  /// As written, secrets redacted.
  public var text: String
  /// The program and its arguments as it gets them, secrets redacted; `*` stands for what the text does not say.
  public var words: [String]
  public var classification: Classification
  public var nested: Nested?
  /// The host, container or pod where it runs; nil is where the line runs.
  public var place: String?

  public init(
    text: String, words: [String], classification: Classification, nested: Nested? = nil, place: String? = nil
  ) {
    self.text = text
    self.words = words
    self.classification = classification
    self.nested = nested
    self.place = place
  }
}

/// What a command line or a script does.
public struct ShellReading: Sendable {
  /// As written, secrets redacted.
  public var text: String
  /// The whole: the verb of its most significant command, the strongest effect, the resources of all.
  public var classification: Classification
  /// Its simple commands in the order in which they run, those within substitutions and other command lines included.
  public var parts: [ShellPart]
  /// Keyed hashes of the secrets that were redacted.
  public var secretHashes: [String]
  /// UTF-8 offset of the first mistake and what it is; nil when all of it parses.
  public var syntaxError: String?

  public init(
    text: String, classification: Classification, parts: [ShellPart], secretHashes: [String], syntaxError: String?
  ) {
    self.text = text
    self.classification = classification
    self.parts = parts
    self.secretHashes = secretHashes
    self.syntaxError = syntaxError
  }
}
