/// One question to the system catalogs: kind, schema, owner and name of objects, then properties in the order of their names.
struct CatalogQuery {
  var properties: [String] = []
  var text: String

  /// Schemas of PostgreSQL's own, of temporary things, and what belongs to an extension, are left out.
  private static func isOwn(_ namespace: String, _ catalog: String, _ oid: String) -> String {
    """
    \(namespace) !~ '^pg_' AND \(namespace) <> 'information_schema' AND NOT EXISTS (
      SELECT FROM pg_depend AS d WHERE d.classid = '\(catalog)'::regclass AND d.objid = \(oid) AND d.deptype = 'e')
    """
  }

  private static let relation = "n.nspname, c.relname"
  private static let fromClass = """
    FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
    """
  private static let isOwnClass = isOwn("n.nspname", "pg_class", "c.oid")

  static let all = [
    CatalogQuery(
      properties: ["owner"],
      text: """
        SELECT 'schema', NULL, NULL, n.nspname, pg_get_userbyid(n.nspowner) FROM pg_namespace AS n
        WHERE \(isOwn("n.nspname", "pg_namespace", "n.oid")) AND n.nspname <> 'public' ORDER BY 4
        """),
    CatalogQuery(
      text: "SELECT 'extension', NULL, NULL, extname FROM pg_extension WHERE extname <> 'plpgsql' ORDER BY 4"),
    CatalogQuery(
      properties: ["owner"],
      text: """
        SELECT 'type', n.nspname, NULL, t.typname, pg_get_userbyid(t.typowner)
        FROM pg_type AS t JOIN pg_namespace AS n ON n.oid = t.typnamespace LEFT JOIN pg_class AS c ON c.oid = t.typrelid
        WHERE \(isOwn("n.nspname", "pg_type", "t.oid")) AND t.typtype IN ('c', 'd', 'e', 'r', 'b')
          AND (c.relkind IS NULL OR c.relkind = 'c') AND t.typelem = 0 ORDER BY 2, 4
        """),
    CatalogQuery(
      properties: ["owner"],
      text: """
        SELECT 'function', n.nspname, NULL, p.proname || '(' || oidvectortypes(p.proargtypes) || ')',
          pg_get_userbyid(p.proowner)
        FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = p.pronamespace
        WHERE \(isOwn("n.nspname", "pg_proc", "p.oid")) AND NOT EXISTS (
          SELECT FROM pg_depend AS i WHERE i.classid = 'pg_proc'::regclass AND i.objid = p.oid AND i.deptype = 'i')
        ORDER BY 2, 4
        """),
    CatalogQuery(
      properties: ["owner", "row security", "row security for owner"],
      text: """
        SELECT CASE WHEN c.relkind IN ('v', 'm') THEN 'view' WHEN c.relkind = 'S' THEN 'sequence' ELSE 'table' END,
          n.nspname, NULL, c.relname, pg_get_userbyid(c.relowner),
          CASE WHEN c.relrowsecurity THEN 'enabled' END, CASE WHEN c.relforcerowsecurity THEN 'yes' END
        \(fromClass) WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm', 'S') AND \(isOwnClass) ORDER BY 2, 4
        """),
    CatalogQuery(
      properties: ["type", "not null", "default", "generated", "identity"],
      text: """
        SELECT 'column', \(relation), a.attname, format_type(a.atttypid, a.atttypmod), CASE WHEN a.attnotnull THEN 'yes' END,
          CASE WHEN a.attgenerated = '' THEN pg_get_expr(f.adbin, f.adrelid) END,
          CASE WHEN a.attgenerated <> '' THEN pg_get_expr(f.adbin, f.adrelid) END,
          CASE a.attidentity WHEN 'a' THEN 'always' WHEN 'd' THEN 'by default' END
        \(fromClass) JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        LEFT JOIN pg_attrdef AS f ON f.adrelid = c.oid AND f.adnum = a.attnum
        WHERE c.relkind IN ('r', 'p', 'f') AND \(isOwnClass) ORDER BY 2, 3, a.attnum
        """),
    // What stands for a partition of a table that is referenced belongs to the key itself; NOT NULL is the column's.
    CatalogQuery(
      properties: ["definition"],
      text: """
        SELECT 'constraint', \(relation), k.conname, format('ALTER TABLE ONLY %I.%I ADD CONSTRAINT %I %s',
          n.nspname, c.relname, k.conname, pg_get_constraintdef(k.oid))
        \(fromClass) JOIN pg_constraint AS k ON k.conrelid = c.oid
        LEFT JOIN pg_constraint AS up ON up.oid = k.conparentid
        WHERE k.contype IN ('p', 'u', 'x', 'f', 'c') AND (up.oid IS NULL OR up.conrelid <> k.conrelid)
          AND \(isOwnClass) ORDER BY 2, 3, 4
        """),
    CatalogQuery(
      properties: ["definition", "valid"],
      text: """
        SELECT 'index', \(relation), ic.relname, pg_get_indexdef(i.indexrelid), CASE WHEN NOT i.indisvalid THEN 'no' END
        \(fromClass) JOIN pg_index AS i ON i.indrelid = c.oid JOIN pg_class AS ic ON ic.oid = i.indexrelid
        WHERE c.relkind IN ('r', 'p', 'f', 'm') AND \(isOwnClass) ORDER BY 2, 3, 4
        """),
    CatalogQuery(
      properties: ["definition", "enabled"],
      text: """
        SELECT 'trigger', \(relation), t.tgname, pg_get_triggerdef(t.oid),
          CASE t.tgenabled WHEN 'D' THEN 'disabled' WHEN 'A' THEN 'always' WHEN 'R' THEN 'replica' END
        \(fromClass) JOIN pg_trigger AS t ON t.tgrelid = c.oid
        WHERE NOT t.tgisinternal AND \(isOwnClass) ORDER BY 2, 3, 4
        """),
    CatalogQuery(
      properties: ["definition"],
      text: """
        SELECT 'policy', \(relation), p.polname, format('CREATE POLICY %I ON %I.%I AS %s FOR %s TO %s', p.polname, n.nspname,
          c.relname, CASE WHEN p.polpermissive THEN 'PERMISSIVE' ELSE 'RESTRICTIVE' END,
          CASE p.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE'
            ELSE 'ALL' END,
          (SELECT string_agg(CASE WHEN r = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(r)) END, ', ')
            FROM unnest(p.polroles) AS r))
          || coalesce(' USING (' || pg_get_expr(p.polqual, p.polrelid) || ')', '')
          || coalesce(' WITH CHECK (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')', '')
        \(fromClass) JOIN pg_policy AS p ON p.polrelid = c.oid WHERE \(isOwnClass) ORDER BY 2, 3, 4
        """),
    CatalogQuery(
      text: """
        SELECT 'rule', \(relation), r.rulename \(fromClass) JOIN pg_rewrite AS r ON r.ev_class = c.oid
        WHERE r.rulename <> '_RETURN' AND \(isOwnClass) ORDER BY 2, 3, 4
        """),
    CatalogQuery(
      text: """
        SELECT 'statistics', n.nspname, NULL, s.stxname FROM pg_statistic_ext AS s
        JOIN pg_namespace AS n ON n.oid = s.stxnamespace
        WHERE \(isOwn("n.nspname", "pg_statistic_ext", "s.oid")) ORDER BY 2, 4
        """),
    grants(
      fromClass, "n.nspname, c.relname", acl: "c.relacl", owner: "c.relowner",
      where: "c.relkind IN ('r', 'p', 'f', 'v', 'm', 'S') AND \(isOwnClass)",
      kind: "CASE WHEN c.relkind = 'S' THEN 'sequence' ELSE 'table' END"),
    grants(
      fromClass + " JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped",
      "n.nspname, c.relname", acl: "a.attacl", owner: "c.relowner", where: isOwnClass, column: "a.attname",
      kind: "'column'"),
    grants(
      "FROM pg_namespace AS n", "NULL, n.nspname", acl: "n.nspacl", owner: "n.nspowner",
      where: "\(isOwn("n.nspname", "pg_namespace", "n.oid")) AND n.nspname <> 'public'", kind: "'schema'"),
    grants(
      "FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = p.pronamespace",
      "n.nspname, p.proname || '(' || oidvectortypes(p.proargtypes) || ')'",
      acl: "coalesce(p.proacl, acldefault('f', p.proowner))", owner: "p.proowner",
      where: """
        \(isOwn("n.nspname", "pg_proc", "p.oid")) AND NOT EXISTS (
          SELECT FROM pg_depend AS i WHERE i.classid = 'pg_proc'::regclass AND i.objid = p.oid AND i.deptype = 'i')
        """,
      kind: "'function'"),
    CatalogQuery(
      text: """
        SELECT 'default privilege', NULL, NULL, x.privilege_type || ' on '
          || CASE f.defaclobjtype WHEN 'r' THEN 'tables' WHEN 'S' THEN 'sequences' WHEN 'f' THEN 'functions'
            WHEN 'T' THEN 'types' ELSE 'schemas' END
          || coalesce(' in ' || n.nspname, '') || ' to '
          || CASE WHEN x.grantee = 0 THEN 'PUBLIC' ELSE pg_get_userbyid(x.grantee) END
          || ', by ' || pg_get_userbyid(f.defaclrole)
        FROM pg_default_acl AS f LEFT JOIN pg_namespace AS n ON n.oid = f.defaclnamespace, aclexplode(f.defaclacl) AS x
        WHERE x.grantee <> f.defaclrole AND NOT (f.defaclnamespace = 0 AND x.grantee = 0 AND f.defaclobjtype IN ('f', 'T'))
        ORDER BY 4
        """),
  ]

  /// What is granted to others than the owner.
  private static func grants(
    _ from: String, _ names: String, acl: String, owner: String, where condition: String, column: String? = nil,
    kind: String
  ) -> CatalogQuery {
    CatalogQuery(
      properties: ["grantable", "on"],
      text: """
        SELECT 'grant', \(names), x.privilege_type || \(column.map { "' (' || \($0) || ')' || " } ?? "")' to '
          || CASE WHEN x.grantee = 0 THEN 'PUBLIC' ELSE pg_get_userbyid(x.grantee) END,
          CASE WHEN bool_or(x.is_grantable) THEN 'yes' END, \(kind)
        \(from), aclexplode(\(acl)) AS x WHERE x.grantee <> \(owner) AND \(condition)
        GROUP BY 1, 2, 3, 4, 6 ORDER BY 2, 3, 4
        """)
  }
}
