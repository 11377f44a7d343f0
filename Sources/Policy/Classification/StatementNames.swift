import Model

/// The verb and effect of statements whose kind says it all, by the name of libpg_query's node.
enum StatementNames {
  static let table: [String: (verb: String, effect: Effect)] = [
    "VariableShowStmt": ("SHOW", .session), "DiscardStmt": ("DISCARD", .session),
    "DeallocateStmt": ("DEALLOCATE", .session), "ListenStmt": ("LISTEN", .session),
    "UnlistenStmt": ("UNLISTEN", .session), "NotifyStmt": ("NOTIFY", .session), "LockStmt": ("LOCK TABLE", .session),
    "ClosePortalStmt": ("CLOSE CURSOR", .session), "CheckPointStmt": ("CHECKPOINT", .execute),
    "LoadStmt": ("LOAD", .execute), "ReindexStmt": ("REINDEX", .schema), "ClusterStmt": ("CLUSTER", .schema),
    "VacuumStmt": ("VACUUM", .execute), "RefreshMatViewStmt": ("REFRESH MATERIALIZED VIEW", .write),
    "AlterSystemStmt": ("ALTER SYSTEM", .privilege), "CreateRoleStmt": ("CREATE ROLE", .privilege),
    "AlterRoleStmt": ("ALTER ROLE", .privilege), "AlterRoleSetStmt": ("ALTER ROLE", .privilege),
    "DropRoleStmt": ("DROP ROLE", .privilege), "GrantRoleStmt": ("GRANT ROLE", .privilege),
    "AlterDefaultPrivilegesStmt": ("ALTER DEFAULT PRIVILEGES", .privilege),
    "AlterOwnerStmt": ("ALTER OWNER", .privilege), "ReassignOwnedStmt": ("REASSIGN OWNED", .privilege),
    "DropOwnedStmt": ("DROP OWNED", .privilege), "CreatePolicyStmt": ("CREATE POLICY", .privilege),
    "AlterPolicyStmt": ("ALTER POLICY", .privilege), "SecLabelStmt": ("SECURITY LABEL", .privilege),
    "CreateUserMappingStmt": ("CREATE USER MAPPING", .privilege),
    "AlterUserMappingStmt": ("ALTER USER MAPPING", .privilege),
    "DropUserMappingStmt": ("DROP USER MAPPING", .privilege), "CommentStmt": ("COMMENT", .schema),
    "RuleStmt": ("CREATE RULE", .schema), "DefineStmt": ("CREATE", .schema),
    "CreatedbStmt": ("CREATE DATABASE", .schema), "DropdbStmt": ("DROP DATABASE", .schema),
    "AlterDatabaseStmt": ("ALTER DATABASE", .schema), "AlterDatabaseSetStmt": ("ALTER DATABASE", .schema),
    "CreateSeqStmt": ("CREATE SEQUENCE", .schema), "AlterSeqStmt": ("ALTER SEQUENCE", .schema),
    "CreateTrigStmt": ("CREATE TRIGGER", .schema), "CreateEventTrigStmt": ("CREATE EVENT TRIGGER", .schema),
    "AlterEventTrigStmt": ("ALTER EVENT TRIGGER", .schema), "CompositeTypeStmt": ("CREATE TYPE", .schema),
    "CreateEnumStmt": ("CREATE TYPE", .schema), "CreateRangeStmt": ("CREATE TYPE", .schema),
    "AlterEnumStmt": ("ALTER TYPE", .schema), "CreatePLangStmt": ("CREATE LANGUAGE", .schema),
    "CreateFdwStmt": ("CREATE FOREIGN DATA WRAPPER", .schema), "CreateForeignServerStmt": ("CREATE SERVER", .schema),
    "ImportForeignSchemaStmt": ("IMPORT FOREIGN SCHEMA", .schema), "CreateStatsStmt": ("CREATE STATISTICS", .schema),
    "CreateAmStmt": ("CREATE ACCESS METHOD", .schema), "CreateOpClassStmt": ("CREATE OPERATOR CLASS", .schema),
    "CreateOpFamilyStmt": ("CREATE OPERATOR FAMILY", .schema), "AlterObjectSchemaStmt": ("ALTER", .schema),
    "AlterObjectDependsStmt": ("ALTER", .schema), "CreateTableSpaceStmt": ("CREATE TABLESPACE", .schema),
    "DropTableSpaceStmt": ("DROP TABLESPACE", .schema),
  ]

  /// What a node of another kind is: its name in words; CREATE, ALTER and DROP of anything are changes of the schema.
  static func guess(_ node: String) -> (verb: String, effect: Effect) {
    var words: [String] = []
    for character in node.hasSuffix("Stmt") ? node.dropLast(4) : node[...] {
      if character.isUppercase || words.isEmpty { words.append("") }
      words[words.count - 1] += character.uppercased()
    }
    let isSchema = ["CREATE", "ALTER", "DROP"].contains(words.first ?? "")
    return (words.joined(separator: " "), isSchema ? .schema : .unknown)
  }

  /// `TABLE` for `OBJECT_TABLE`, `MATERIALIZED VIEW` for `OBJECT_MATVIEW`.
  static func object(_ name: String) -> String {
    switch name {
    case "OBJECT_MATVIEW": return "MATERIALIZED VIEW"
    case "OBJECT_TABCONSTRAINT": return "CONSTRAINT"
    case "OBJECT_TSCONFIGURATION": return "TEXT SEARCH CONFIGURATION"
    default: return name.replacing("OBJECT_", with: "").replacing("_", with: " ")
    }
  }
}
