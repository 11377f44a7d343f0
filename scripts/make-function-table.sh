#!/usr/bin/env bash
# Remakes ReadOnlyFunctions.swift and SystemNames.swift of Sources/Policy/Classification from a running PostgreSQL server
# (PGHOST, PGPORT, PGUSER …): the functions of pg_catalog all of whose overloads are immutable or stable, which do not change
# the database themselves; and its operators and types.
set -euo pipefail
cd "$(dirname "$0")/.."
version=$(psql -Atc 'SHOW server_version_num' | cut -c1-2)
{
  echo "/// The functions of pg_catalog all of whose overloads are immutable or stable (PostgreSQL $version), made by"
  echo "/// scripts/make-function-table.sh. What is volatile and harmless all the same stands in FunctionEffects."
  echo 'enum ReadOnlyFunctions {'
  echo '  static let names = Set('
  echo '    """'
  psql -Atc "SELECT proname FROM pg_proc p JOIN pg_namespace n ON p.pronamespace = n.oid WHERE nspname = 'pg_catalog'
    GROUP BY proname HAVING bool_and(provolatile IN ('i', 's')) AND proname !~ '^(lo_|pg_read|pg_ls|dblink)'
    ORDER BY proname COLLATE \"C\"" | tr '\n' ' ' | fold -s -w 110 | sed 's/ *$//; s/^/    /'
  echo
  echo '    """.split { $0 == " " || $0 == "\n" }.map(String.init))'
  echo '}'
} > Sources/Policy/Classification/ReadOnlyFunctions.swift
words() { # QUERY
  psql -Atc "$1" | tr '\n' ' ' | fold -s -w 110 | sed 's/ *$//; s/^/    /'
  echo
}
{
  echo "/// The operators and types of pg_catalog (PostgreSQL $version), made by"
  echo "/// scripts/make-function-table.sh: what runs under another name is somebody's own."
  echo 'enum SystemNames {'
  echo '  static let operators = Set('
  echo '    #"""'
  words "SELECT DISTINCT oprname COLLATE \"C\" FROM pg_operator WHERE oprnamespace = 'pg_catalog'::regnamespace ORDER BY 1"
  echo '    """#.split { $0 == " " || $0 == "\n" }.map(String.init))'
  echo
  echo '  static let types = Set('
  echo '    """'
  words "SELECT typname COLLATE \"C\" FROM pg_type WHERE typnamespace = 'pg_catalog'::regnamespace AND typtype <> 'c'
    AND typname !~ '^_' ORDER BY 1"
  echo '    """.split { $0 == " " || $0 == "\n" }.map(String.init))'
  echo '}'
} > Sources/Policy/Classification/SystemNames.swift
