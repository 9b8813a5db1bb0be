namespace ConnectorPlatform.Tests.DataSets;

/// <summary>What people type who want more than a DataSet's rows.</summary>
internal static class SqlAttacks
{
    private static readonly string[] Statements =
    [
        "INSERT INTO rows SELECT * FROM rows", "UPDATE rows SET clicks = 0", "DELETE FROM rows", "TRUNCATE rows", "DROP TABLE rows", "CREATE TABLE t AS SELECT 1", "ALTER TABLE rows ADD COLUMN x INT",
        "CREATE VIEW v AS SELECT 1", "CREATE MACRO m() AS 1", "CREATE TEMP TABLE t (i INT)", "CREATE SEQUENCE s", "CREATE SCHEMA s", "CREATE TYPE t AS ENUM ('a')", "COPY rows TO '/tmp/stolen.csv'",
        "COPY (SELECT * FROM rows) TO '/tmp/stolen.parquet'", "COPY rows FROM '/etc/passwd'", "EXPORT DATABASE '/tmp/stolen'", "IMPORT DATABASE '/tmp/stolen'", "ATTACH '/tmp/x.duckdb' AS x", "DETACH dataset",
        "USE memory", "INSTALL httpfs", "LOAD httpfs", "FORCE INSTALL httpfs", "UPDATE EXTENSIONS", "SET memory_limit = '100GB'", "SET enable_external_access = true", "RESET memory_limit", "PRAGMA database_list",
        "PRAGMA table_info('rows')", "CALL pragma_version()", "CHECKPOINT", "FORCE CHECKPOINT", "VACUUM", "ANALYZE", "BEGIN", "COMMIT", "ROLLBACK", "EXPLAIN SELECT 1", "EXPLAIN ANALYZE SELECT 1", "PREPARE p AS SELECT 1",
        "EXECUTE p", "DEALLOCATE p", "DESCRIBE rows", "SHOW TABLES", "SHOW ALL TABLES", "SUMMARIZE rows", "CREATE SECRET s (TYPE s3)", "DROP SECRET s", "COMMENT ON TABLE rows IS 'x'", "PIVOT rows ON country USING sum(clicks)",
        "SET VARIABLE x = 1", "MERGE INTO rows USING rows r ON true WHEN MATCHED THEN DELETE", "SELECT 1; DROP TABLE rows", "SELECT 1; SELECT 2", ";;SELECT 1; DELETE FROM rows", "SELECT 1 /* ; */ ; -- x\nDELETE FROM rows",
        "SET allowed_directories = ['/']", "SET lock_configuration = false", "SET SESSION temp_directory = '/tmp'", "SET GLOBAL threads = 64", "RESET allowed_directories", "PRAGMA enable_profiling = 'json'",
        "PRAGMA profiling_output = '/tmp/stolen'", "PRAGMA enable_logging", "LOAD '/tmp/x.duckdb_extension'", "INSTALL x FROM 'https://example.org'", "ATTACH ':memory:' AS m", "ATTACH IF NOT EXISTS 'https://example.org/x.duckdb' (READ_ONLY)",
        "COPY FROM DATABASE dataset TO memory", "COPY (SELECT getenv('HOME')) TO '/dev/stderr'", "CALL query('SELECT 1')", "CALL duckdb_settings()", "CREATE PERSISTENT SECRET s (TYPE http, BEARER_TOKEN 'x')", "CREATE OR REPLACE VIEW rows AS SELECT 1",
        "CREATE FUNCTION f(x) AS TABLE (FROM read_text(x))", "CREATE INDEX i ON rows (clicks)", "SELECT * INTO t FROM rows", "WITH d AS (DELETE FROM rows RETURNING *) SELECT * FROM d", "UNPIVOT rows ON clicks", "EXPLAIN (FORMAT json) SELECT 1",
        "EXECUTE IMMEDIATE 'SELECT 1'", "SHOW DATABASES", "SHOW VARIABLES", "DESCRIBE SELECT 1", "SELECT 1 \\; SELECT 2", "SELECT 1\u037E DROP TABLE rows", "/*/**/ SELECT 1; */ DROP TABLE rows", "SELECT $$;$$; DROP TABLE rows", "SELECT 1 -- \n;DROP TABLE rows",
        "", "   ", ";", "-- nothing",
    ];

    private static readonly string[] Sources =
    [
        "'/etc/passwd'", "'/etc/passwd.csv'", "\"/tmp/x.parquet\"", "'https://example.org/x.csv'", "'s3://bucket/x.parquet'", "read_csv('/etc/passwd')", "READ_CSV_AUTO('/etc/passwd')", "\"read_csv\"('/etc/passwd')", "main.read_csv('/etc/passwd')",
        "system.main.read_text('/etc/passwd')", "read_text('/etc/passwd')", "read_blob('/etc/passwd')", "read_json('/etc/passwd')", "read_ndjson_objects('/etc/passwd')", "read_parquet('x.parquet')", "parquet_scan('x.parquet')",
        "parquet_metadata('x.parquet')", "sniff_csv('/etc/passwd')", "glob('/*')", "read_duckdb('x.duckdb')", "duckdb_settings()", "duckdb_secrets()", "duckdb_databases()", "duckdb_tables()", "duckdb_functions()", "duckdb_temporary_files()",
        "duckdb_logs()", "duckdb_extensions()", "pragma_storage_info('rows')", "pragma_table_info('rows')", "query('SELECT 1')", "query_table('rows')", "which_secret('s3://x', 's3')", "force_checkpoint()", "test_all_types()", "repeat_row(1, num_rows := 9)",
        "json_execute_serialized_sql('{}')", "seq_scan('rows')", "enable_logging()", "truncate_duckdb_logs()", "platform.ledger", "dataset.platform.columns", "platform.quarantine", "memory.main.rows", "information_schema.tables", "pg_catalog.pg_class",
        "sqlite_master", "duckdb_tables", "_held_1", "system.information_schema.tables", "(SHOW TABLES)", "(DESCRIBE rows)", "(SUMMARIZE rows)", "(PIVOT rows ON country USING sum(clicks))", "rows AT (VERSION => 1)", "rows, other",
        "'/proc/self/environ'", "'../platform.json'", "'file:///etc/passwd'", "(FROM '/etc/passwd')", "'/etc/passwd' AS t", "read_json_auto('x')", "read_json_objects('x')", "read_ndjson('x')", "read_ndjson_auto('x')", "read_xlsx('x.xlsx')",
        "st_read('x')", "sqlite_scan('x.db', 't')", "postgres_scan('', '', 't')", "mysql_query('', 'SELECT 1')", "delta_scan('x')", "iceberg_scan('x')", "arrow_scan(1, 2, 3)", "parquet_schema('x.parquet')", "parquet_file_metadata('x.parquet')",
        "parquet_kv_metadata('x.parquet')", "parquet_bloom_probe('x.parquet', 'a', 1)", "duckdb_variables()", "duckdb_views()", "duckdb_columns()", "duckdb_schemas()", "duckdb_memory()", "duckdb_types()", "duckdb_indexes()", "duckdb_constraints()",
        "duckdb_sequences()", "duckdb_dependencies()", "duckdb_optimizers()", "duckdb_keywords()", "duckdb_prepared_statements()", "duckdb_external_file_cache()", "duckdb_log_contexts()", "duckdb_secret_types()", "pragma_database_size()",
        "pragma_show('rows')", "pragma_user_agent()", "pragma_version()", "pragma_platform()", "pragma_collations()", "pragma_metadata_info('dataset')", "summary((FROM rows))", "checkpoint()", "from_substrait('x')", "from_substrait_json('{}')",
        "unnest((SELECT list(content) FROM read_text('/etc/passwd')))", "range(length(getenv('HOME')))", "generate_series(1, (SELECT count(*) FROM glob('/*')))", "dataset.information_schema.columns", "dataset.pg_catalog.pg_tables", "temp.main.rows",
        "\uFF52ead_text('/etc/passwd')", "r\u043Ews", "read_text\u00A0('/etc/passwd')", "U&\"read\\005Ftext\"('/etc/passwd')", "read\u200B_text('/etc/passwd')", "e'\\x2fetc\\x2fpasswd'", "$$/etc/passwd$$", "\"rows\0\"",
    ];

    private static readonly string[] Values =
    [
        "getenv('HOME')", "current_setting('temp_directory')", "getvariable('x')", "nextval('s')", "currval('s')", "setseed(0.5)",
        "sleep_ms(100000)", "pg_sleep(100)", "write_log('x')",
        "error('x')", "current_query()", "version()", "json_serialize_sql('SELECT 1')", "json_deserialize_sql('{}')", "json_serialize_plan('SELECT 1')", "txid_current()", "pg_get_viewdef(1)", "inet_server_addr()", "has_table_privilege('rows', 'select')",
        "stats(1)", "vector_type(1)", "create_sort_key(1, 'ASC')", "?", "$1", "no_such_function(1)", "system.main.getenv('HOME')", "\"GETENV\"('HOME')", "in_search_path('a', 'b')", "list_transform([1], lambda x: current_setting('threads'))",
        "current_database()", "current_schema()", "current_schemas(true)", "current_transaction_id()", "current_connection_id()", "current_query_id()", "pg_get_expr('', 1)",
        "pg_conf_load_time()", "parse_duckdb_log_message('x', 'y')", "add_parquet_key('a', 'b')", "read_text('/etc/passwd')", "'HOME'.getenv()", "('HOME').getenv()", "{'a': getenv('HOME')}", "map(['a'], [getenv('HOME')])", "[getenv(x) FOR x IN ['HOME']]",
        "apply(['HOME'], x -> getenv(x))", "list_filter(['HOME'], lambda x: getenv(x) = '')", "list_reduce(['HOME', 'PATH'], lambda x, y: getenv(y))", "TRY(getenv('HOME'))", "TRY_CAST(getenv('HOME') AS INT)", "ARRAY(SELECT content FROM read_text('/etc/passwd'))",
        "EXISTS (FROM glob('/*'))", "country || getenv('HOME')", "getenv('HOME')[1]", "getenv('HOME') COLLATE nocase", "getenv('HOME') IS NULL", "getenv('HOME') BETWEEN 'a' AND 'b'", "1 IN (getenv('HOME'))", "g\u0435tenv('HOME')", "getenv/**/('HOME')",
        "sum(clicks) FILTER (getenv('HOME') = '')", "first(clicks ORDER BY getenv('HOME'))", "lag(getenv('HOME')) OVER ()", "list_aggregate(['HOME'], 'getenv')", "array_agg(getenv('HOME'))",
    ];

    private static readonly string[] Hidden =
    [
        "WITH \"x.csv\" AS (SELECT * FROM \"x.csv\") SELECT * FROM \"x.csv\"", "WITH a AS (WITH \"/etc/passwd\" AS (SELECT 1) SELECT * FROM \"/etc/passwd\") SELECT * FROM \"/etc/passwd\"", "WITH a AS (SELECT * FROM b), b AS (SELECT 1) SELECT * FROM a",
        "SELECT (SELECT content FROM read_text('/etc/passwd'))", "SELECT * FROM rows WHERE country IN (SELECT content FROM read_text('/etc/passwd'))", "SELECT * FROM rows ORDER BY (SELECT 1 FROM glob('/*'))", "SELECT * FROM rows LIMIT (SELECT count(*) FROM glob('/*'))",
        "SELECT * FROM rows JOIN (SELECT * FROM 'x.csv') x ON true", "SELECT 1 UNION SELECT content FROM read_text('/etc/passwd')", "SELECT sum(clicks) OVER (ORDER BY getenv('HOME')) FROM rows", "SELECT count(*) FILTER (WHERE getenv('HOME') = '') FROM rows",
        "SELECT * FROM rows GROUP BY getenv('HOME')", "SELECT * FROM rows HAVING getenv('HOME') = ''", "SELECT CASE WHEN getenv('HOME') = '' THEN 1 END", "SELECT * FROM unnest((SELECT list(file) FROM glob('/*')))", "SELECT * FROM rows, LATERAL (SELECT * FROM read_text('/etc/passwd'))",
        "SELECT * REPLACE (getenv('HOME') AS country) FROM rows", "SELECT COLUMNS(c -> getenv('HOME') = '') FROM rows", "SELECT ro/**/ws.* FROM rows, /**/ read_text /**/ ('/etc/passwd')", "SELECT * FROM rows TABLESAMPLE reservoir(5 ROWS), glob('*')",
    ];

    public static IReadOnlyList<string> All { get; } =
    [
        .. Statements, .. Sources.Select(source => $"SELECT * FROM {source}"), .. Values.Select(value => $"SELECT {value} FROM rows"), .. Hidden,
        "SELECT " + new string('(', 20_000), new string('x', 30_000), "SELECT '\0", "\uFEFFSELECT 1; DROP TABLE rows",
    ];
}
