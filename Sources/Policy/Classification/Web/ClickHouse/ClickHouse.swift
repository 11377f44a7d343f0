import Bytes
import Model

/// ClickHouse's HTTP interface: SQL in the query or body.
enum ClickHouse: WebApplication {
  static func recognize(_ request: WebRequest) -> Bool {
    let fields = request.call.head
    return fields.responseFields.contains { $0.name.lowercased().hasPrefix("x-clickhouse-") }
      || fields.requestFields.contains { $0.name.lowercased().hasPrefix("x-clickhouse-") }
  }

  static func parts(of request: WebRequest, in context: inout WebContext, _ sql: inout SQLClassifier) -> [CallPart] {
    let body = request.call.requestBody?.content.bytes.span.string ?? ""
    let text = request.value("query").map { $0.isEmpty ? body : $0 } ?? body
    return SQLInCalls.parts(text, nil, request, &context, &sql)
  }
}

/// Statements within calls.
enum SQLInCalls {
  static func parts(
    _ text: String, _ parameters: String?, _ request: WebRequest, _ context: inout WebContext,
    _ sql: inout SQLClassifier
  ) -> [CallPart] {
    sql.classify(text, in: &context.sql).map { statement in
      var part = request.part("sql", text.utf8Part(statement.range), statement.classification)
      part.parameters = parameters
      return part
    }
  }
}
