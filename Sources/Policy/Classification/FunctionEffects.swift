import Model

/// What calling a function can do.
enum FunctionEffects {
  enum Answer {
    case harmless
    case effect(Effect, Resource)
    /// Runs the argument at this place, as a statement, where it has so many.
    case runs(argument: Int, of: ClosedRange<Int>)
    /// Fetches from the cursor that the argument at this place names.
    case fetches(argument: Int)
    /// Sets what its first argument names.
    case sets
    /// Has another server run what may be among its arguments.
    case sends
    case unknown
  }

  /// Volatile functions of pg_catalog that change nothing that lasts.
  private static let harmless: Set<String> = [
    "random", "setseed", "clock_timestamp", "timeofday", "statement_timestamp", "gen_random_uuid", "pg_sleep",
    "pg_sleep_for", "pg_sleep_until", "currval", "lastval", "pg_database_size", "pg_relation_size", "pg_table_size",
    "pg_total_relation_size", "pg_indexes_size", "pg_tablespace_size", "pg_lock_status", "pg_is_in_recovery",
    "pg_current_wal_lsn", "pg_current_wal_insert_lsn", "pg_current_wal_flush_lsn", "pg_last_wal_receive_lsn",
    "pg_last_wal_replay_lsn", "pg_last_xact_replay_timestamp", "pg_blocking_pids", "pg_safe_snapshot_blocking_pids",
    "pg_isolation_test_session_is_blocked", "pg_stat_get_activity", "pg_stat_get_progress_info",
    "pg_get_replication_slots", "pg_show_all_file_settings", "pg_hba_file_rules", "pg_ident_file_mappings",
    "pg_timezone_abbrevs", "pg_timezone_names", "pg_prepared_xact", "pg_notification_queue_usage",
    "pg_get_shmem_allocations", "pg_column_size", "txid_current_if_assigned", "pg_current_xact_id_if_assigned",
    "txid_status", "pg_xact_status", "generate_subscripts", "pg_control_system", "pg_control_checkpoint",
    "pg_control_recovery", "pg_control_init", "pg_jit_available", "pg_relation_filepath", "xmlvalidate",
    "pg_stat_get_wal", "pg_stat_get_slru", "pg_stat_get_archiver", "pg_cursor", "pg_prepared_statement",
    "pg_available_extensions", "pg_partition_ancestors", "pg_partition_tree", "pg_partition_root",
    "pg_available_extension_versions", "pg_extension_update_paths", "grouping", "amvalidate", "current_query",
    "currtid2", "cursor_to_xmlschema", "pg_collation_actual_version", "pg_current_logfile",
    "pg_database_collation_actual_version", "pg_get_backend_memory_contexts", "pg_get_multixact_members",
    "pg_get_wal_replay_pause_state", "pg_get_wal_resource_managers", "pg_is_wal_replay_paused",
    "pg_last_committed_xact", "pg_replication_origin_progress", "pg_replication_origin_session_is_setup",
    "pg_replication_origin_session_progress", "pg_sequence_last_value", "pg_show_replication_origin_status",
    "pg_stat_clear_snapshot", "pg_stat_force_next_flush", "pg_stat_get_recovery_prefetch",
    "pg_stat_get_xact_blocks_fetched", "pg_stat_get_xact_blocks_hit", "pg_stat_get_xact_function_calls",
    "pg_stat_get_xact_function_self_time", "pg_stat_get_xact_function_total_time", "pg_stat_get_xact_numscans",
    "pg_stat_get_xact_tuples_deleted", "pg_stat_get_xact_tuples_fetched", "pg_stat_get_xact_tuples_hot_updated",
    "pg_stat_get_xact_tuples_inserted", "pg_stat_get_xact_tuples_returned", "pg_stat_get_xact_tuples_updated",
    "pg_stat_have_stats", "pg_xact_commit_timestamp", "pg_xact_commit_timestamp_origin",
  ]

  /// Functions that run a text: by what is at this place, where there are so many arguments.
  private static let runners: [String: (argument: Int, of: ClosedRange<Int>)] = [
    "query_to_xml": (0, 1...4), "query_to_xmlschema": (0, 1...4), "query_to_xml_and_xmlschema": (0, 1...4),
    "ts_stat": (0, 1...2), "ts_rewrite": (1, 2...2),
  ]

  /// Stable by declaration, but they make a value of whatever type they are told, and a domain's checks may do anything.
  private static let makers: Set<String> = [
    "domain_in", "domain_recv", "array_in", "array_recv", "record_in", "record_recv", "range_in", "range_recv",
    "multirange_in", "multirange_recv",
  ]

  /// Functions of pg_catalog, and of the extensions that come with it, that do more than compute.
  private static let known: [String: (Effect, access: String, kind: String)] = [
    "nextval": (.write, "write", "sequence"), "setval": (.write, "write", "sequence"),
    "pg_advisory_lock": (.session, "lock", "advisory"), "pg_advisory_unlock": (.session, "lock", "advisory"),
    "pg_advisory_xact_lock": (.session, "lock", "advisory"), "pg_try_advisory_lock": (.session, "lock", "advisory"),
    "pg_try_advisory_xact_lock": (.session, "lock", "advisory"),
    "pg_advisory_unlock_all": (.session, "lock", "advisory"),
    "pg_advisory_lock_shared": (.session, "lock", "advisory"),
    "pg_notify": (.session, "use", "channel"), "txid_current": (.session, "use", "transaction"),
    "pg_current_xact_id": (.session, "use", "transaction"), "pg_export_snapshot": (.session, "use", "snapshot"),
    "pg_terminate_backend": (.execute, "execute", "function"), "pg_cancel_backend": (.execute, "execute", "function"),
    "pg_reload_conf": (.execute, "execute", "function"), "pg_rotate_logfile": (.execute, "execute", "function"),
    "pg_promote": (.execute, "execute", "function"), "pg_switch_wal": (.execute, "execute", "function"),
    "pg_create_restore_point": (.execute, "execute", "function"), "pg_stat_reset": (.execute, "execute", "function"),
    "pg_backup_start": (.execute, "execute", "function"), "pg_backup_stop": (.execute, "execute", "function"),
    "pg_wal_replay_pause": (.execute, "execute", "function"), "pg_wal_replay_resume": (.execute, "execute", "function"),
    "pg_logical_emit_message": (.write, "execute", "function"),
    "pg_create_physical_replication_slot": (.execute, "create", "replication-slot"),
    "pg_create_logical_replication_slot": (.execute, "create", "replication-slot"),
    "pg_drop_replication_slot": (.execute, "drop", "replication-slot"),
    "pg_logical_slot_get_changes": (.transfer, "read", "replication-slot"),
    "pg_read_file": (.transfer, "read", "file"), "pg_read_binary_file": (.transfer, "read", "file"),
    "pg_stat_file": (.transfer, "read", "file"), "pg_ls_dir": (.transfer, "read", "file"),
    "pg_ls_logdir": (.transfer, "read", "file"), "pg_ls_waldir": (.transfer, "read", "file"),
    "pg_ls_tmpdir": (.transfer, "read", "file"), "pg_ls_archive_statusdir": (.transfer, "read", "file"),
    "lo_import": (.transfer, "read", "file"), "lo_export": (.transfer, "write", "file"),
    "lo_create": (.write, "write", "large-object"), "lo_creat": (.write, "write", "large-object"),
    "lo_unlink": (.write, "write", "large-object"), "lo_put": (.write, "write", "large-object"),
    "lo_from_bytea": (.write, "write", "large-object"), "lowrite": (.write, "write", "large-object"),
    "lo_truncate": (.write, "write", "large-object"), "lo_truncate64": (.write, "write", "large-object"),
    "lo_open": (.session, "use", "large-object"), "lo_get": (.read, "read", "large-object"),
    "loread": (.read, "read", "large-object"), "lo_close": (.session, "use", "large-object"),
    "lo_lseek": (.session, "use", "large-object"), "lo_tell": (.session, "use", "large-object"),
    "lo_lseek64": (.session, "use", "large-object"), "lo_tell64": (.session, "use", "large-object"),
    "pg_advisory_unlock_shared": (.session, "lock", "advisory"),
    "pg_advisory_xact_lock_shared": (.session, "lock", "advisory"),
    "pg_try_advisory_lock_shared": (.session, "lock", "advisory"),
    "pg_try_advisory_xact_lock_shared": (.session, "lock", "advisory"),
    "pg_replication_origin_session_setup": (.session, "use", "replication-origin"),
    "pg_replication_origin_session_reset": (.session, "use", "replication-origin"),
    "pg_replication_origin_xact_setup": (.session, "use", "replication-origin"),
    "pg_replication_origin_xact_reset": (.session, "use", "replication-origin"),
    "pg_replication_origin_create": (.execute, "create", "replication-origin"),
    "pg_replication_origin_drop": (.execute, "drop", "replication-origin"),
    "pg_replication_origin_advance": (.execute, "write", "replication-origin"),
    "pg_copy_physical_replication_slot": (.execute, "create", "replication-slot"),
    "pg_copy_logical_replication_slot": (.execute, "create", "replication-slot"),
    "pg_replication_slot_advance": (.execute, "write", "replication-slot"),
    "pg_logical_slot_get_binary_changes": (.transfer, "read", "replication-slot"),
    "pg_logical_slot_peek_changes": (.transfer, "read", "replication-slot"),
    "pg_logical_slot_peek_binary_changes": (.transfer, "read", "replication-slot"),
    "pg_ls_logicalsnapdir": (.transfer, "read", "file"), "pg_ls_logicalmapdir": (.transfer, "read", "file"),
    "pg_ls_replslotdir": (.transfer, "read", "file"), "pg_read_file_old": (.transfer, "read", "file"),
    "pg_stat_reset_shared": (.execute, "execute", "function"), "pg_stat_reset_slru": (.execute, "execute", "function"),
    "pg_stat_reset_single_table_counters": (.execute, "execute", "function"),
    "pg_stat_reset_single_function_counters": (.execute, "execute", "function"),
    "pg_stat_reset_replication_slot": (.execute, "execute", "function"),
    "pg_stat_reset_subscription_stats": (.execute, "execute", "function"),
    "pg_log_backend_memory_contexts": (.execute, "execute", "function"),
    "pg_rotate_logfile_old": (.execute, "execute", "function"),
    "pg_nextoid": (.execute, "execute", "function"), "pg_stop_making_pinned_objects": (.execute, "execute", "function"),
    "brin_summarize_new_values": (.execute, "execute", "function"),
    "brin_summarize_range": (.execute, "execute", "function"),
    "brin_desummarize_range": (.execute, "execute", "function"),
    "gin_clean_pending_list": (.execute, "execute", "function"),
    "pg_import_system_collations": (.schema, "create", "collation"),
    "pg_extension_config_dump": (.schema, "alter", "extension"),
    "dblink_exec": (.execute, "execute", "function"),
    "dblink_connect": (.session, "execute", "function"), "dblink_disconnect": (.session, "execute", "function"),
  ]

  /// What a call by these names (schema and name, or name alone) does.
  static func answer(_ names: [String]) -> Answer {
    guard let name = names.last else { return .unknown }
    if name == "dblink" || name == "dblink_send_query" { return .sends }
    // Another schema than the system's may hold anything under a familiar name.
    if names.count > 1, names[names.count - 2] != "pg_catalog" { return .unknown }
    if let (argument, count) = runners[name] { return .runs(argument: argument, of: count) }
    if name == "cursor_to_xml" { return .fetches(argument: 0) }
    if name == "set_config" { return .sets }
    if makers.contains(name) { return .unknown }
    // What pg_upgrade tells a server in binary upgrade mode.
    if name.hasPrefix("binary_upgrade_") { return .effect(.schema, Resource("execute", "function", name)) }
    if let (effect, access, kind) = known[name] {
      return .effect(effect, Resource(access, kind, kind == "function" ? names.joined(separator: ".") : name))
    }
    return harmless.contains(name) || ReadOnlyFunctions.names.contains(name) ? .harmless : .unknown
  }
}
