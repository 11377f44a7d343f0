import Bytes
import Model

/// Statements that APIs of AWS take: of RDS and Redshift, of Athena, and PartiQL of DynamoDB.
enum AWSStatements {
  /// Empty when the call has no statement that can be read.
  static func parts(
    _ operation: String, _ service: String, _ request: WebRequest, _ context: inout WebContext,
    _ sql: inout SQLClassifier
  ) -> [CallPart] {
    guard let json = request.json else { return [] }
    switch (service, operation) {
    case ("rds-data", "ExecuteStatement"):
      guard let text = json["sql"]?.string else { return [] }
      var parts = SQLInCalls.parts(text, values(json["parameters"]), request, &context, &sql)
      if parts.count == 1 { parts[0].rowCount = rowCount(request.answer) }
      return parts
    case ("rds-data", "BatchExecuteStatement"):
      guard let text = json["sql"]?.string else { return [] }
      let sets = json["parameterSets"]?.elements ?? []
      guard !sets.isEmpty else { return SQLInCalls.parts(text, nil, request, &context, &sql) }
      let statements = SQLInCalls.parts(text, nil, request, &context, &sql)
      // One more than is looked into, so that what is left out is told.
      return sets.prefix(WebClassifier.partLimit + 1).flatMap { set in
        statements.map { statement in
          var statement = statement
          statement.parameters = values(set)
          return statement
        }
      }
    case ("rds-data", "ExecuteSql"):
      return json["sqlStatements"]?.string.map { SQLInCalls.parts($0, nil, request, &context, &sql) } ?? []
    case ("redshift-data", "ExecuteStatement"):
      guard let text = json["Sql"]?.string else { return [] }
      return SQLInCalls.parts(text, values(json["Parameters"]), request, &context, &sql)
    case ("redshift-data", "BatchExecuteStatement"):
      return (json["Sqls"]?.elements ?? []).compactMap(\.string).flatMap {
        SQLInCalls.parts($0, nil, request, &context, &sql)
      }
    case ("athena", "StartQueryExecution"):
      return json["QueryString"]?.string.map { SQLInCalls.parts($0, nil, request, &context, &sql) } ?? []
    case ("dynamodb", "ExecuteStatement"): return [json].compactMap { partiQL($0, request) }
    case ("dynamodb", "BatchExecuteStatement"):
      return (json["Statements"]?.elements ?? []).compactMap { partiQL($0, request) }
    case ("dynamodb", "ExecuteTransaction"):
      return (json["TransactStatements"]?.elements ?? []).compactMap { partiQL($0, request) }
    default: return []
    }
  }

  /// Values of the Data API (`{"name":"id","value":{"longValue":7}}`) and of DynamoDB (`{"S":"x"}`).
  private static func values(_ parameters: JSONValue?) -> String? {
    guard let parameters, !parameters.elements.isEmpty else { return nil }
    var json = JSONWriter()
    json.array { json in
      for parameter in parameters.elements {
        let value = parameter["value"] ?? parameter
        json.value(value["isNull"]?.bool == true ? nil : value.scalar ?? value.members.first?.value.scalar)
      }
    }
    return json.text
  }

  private static func rowCount(_ answer: JSONValue?) -> UInt64? {
    if let records = answer?["records"], records.isArray { return UInt64(records.elements.count) }
    return answer?["numberOfRecordsUpdated"]?.scalar.flatMap { UInt64($0) }
  }

  /// PartiQL has one statement a text, the first word of which says what it does.
  private static func partiQL(_ statement: JSONValue, _ request: WebRequest) -> CallPart? {
    guard let text = statement["Statement"]?.string else { return nil }
    let words = text.split { $0.isWhitespace || $0 == "(" }
    let verb = words.first.map { $0.uppercased() } ?? ""
    let effects: [String: Effect] = [
      "SELECT": .read, "EXISTS": .read, "INSERT": .write, "UPDATE": .write, "DELETE": .write,
    ]
    var result = Classification(verb: verb.isEmpty ? "UNKNOWN" : verb, effect: effects[verb] ?? .unknown)
    let mark = words.firstIndex { ["FROM", "INTO", "UPDATE"].contains($0.uppercased()) }
    if let mark, mark + 1 < words.count {
      // `"Music"."AlbumIndex"`: a table and one of its indexes.
      let table = words[mark + 1].split(separator: ".").first?.trimming { $0 == "\"" || $0 == "'" } ?? ""
      result.resources = [Resource(result.effect == .read ? "read" : "write", "table", table)]
    }
    result.fingerprint = "dynamodb:PartiQL \(verb) \(result.resources.first?.name ?? "")"
    var part = request.part("sql", text, result)
    part.parameters = values(statement["Parameters"])
    if let items = request.answer?["Items"], items.isArray { part.rowCount = UInt64(items.elements.count) }
    return part
  }
}
