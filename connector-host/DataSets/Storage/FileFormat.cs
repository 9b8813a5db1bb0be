using System.Globalization;
using DuckDB.NET.Data;

namespace ConnectorPlatform.Host.DataSets.Storage;

/// <summary>The platform's tables in a DataSet's file: made in a new one, and brought up to date in an older one.</summary>
internal static class FileFormat
{
    private const int Newest = 3;

    private const string Format1 = """
        CREATE SCHEMA platform;
        CREATE TABLE platform.about (format INTEGER NOT NULL, row_bytes BIGINT NOT NULL);
        INSERT INTO platform.about VALUES (1, 0);
        CREATE TABLE platform.fence (value BIGINT NOT NULL);
        INSERT INTO platform.fence VALUES (0);
        CREATE TABLE platform.columns (position INTEGER NOT NULL, name VARCHAR NOT NULL, type VARCHAR NOT NULL, scale INTEGER NOT NULL, is_key BOOLEAN NOT NULL, description VARCHAR);
        CREATE TABLE platform.ledger (
            number BIGINT NOT NULL, run_id VARCHAR NOT NULL, fence BIGINT NOT NULL, is_final BOOLEAN NOT NULL, update_method VARCHAR NOT NULL,
            committed_at TIMESTAMPTZ NOT NULL, rows_written BIGINT NOT NULL, rows_removed BIGINT NOT NULL, checkpoint VARCHAR, column_changes VARCHAR NOT NULL);
        """;

    /// <summary>Undoing runs.</summary>
    private const string Format2 = """
        ALTER TABLE platform.ledger ADD COLUMN rows_changed BIGINT DEFAULT 0;
        ALTER TABLE platform.ledger ADD COLUMN undo VARCHAR;
        ALTER TABLE platform.ledger ADD COLUMN undone_by VARCHAR;
        ALTER TABLE platform.ledger ADD COLUMN undoes VARCHAR;
        UPDATE platform.about SET format = 2;
        """;

    /// <summary>Runs that wait for approval, and records that cannot be stored.</summary>
    private const string Format3 = """
        ALTER TABLE platform.ledger ADD COLUMN is_aside BOOLEAN DEFAULT false;
        CREATE TABLE platform.held (
            run_id VARCHAR NOT NULL, held_at TIMESTAMPTZ NOT NULL, table_name VARCHAR NOT NULL, columns VARCHAR NOT NULL, row_count BIGINT NOT NULL, checkpoint VARCHAR, reasons VARCHAR NOT NULL);
        CREATE TABLE platform.quarantine (
            number BIGINT NOT NULL, run_id VARCHAR NOT NULL, loaded_at TIMESTAMPTZ NOT NULL, reason VARCHAR NOT NULL, columns VARCHAR NOT NULL, vals VARCHAR[] NOT NULL, replayed_by VARCHAR);
        UPDATE platform.about SET format = 3;
        """;

    private const string TablesOf = $"SELECT count(*) FROM information_schema.tables WHERE table_catalog = '{DataSetFile.Catalog}'";

    /// <exception cref="PlatformException">The file is a database of something else, or of a newer platform.</exception>
    public static void Prepare(DuckDBConnection connection, string path)
    {
        // Asked for with every file that is opened, and found sooner here than in the standard's view.
        if (connection.Scalar($"SELECT count(*) FROM duckdb_tables() WHERE database_name = '{DataSetFile.Catalog}' AND schema_name = 'platform' AND table_name = 'about'") is 0L)
        {
            if (connection.Scalar(TablesOf) is not 0L)
            {
                throw new PlatformException(PlatformFault.Storage, $"{path} is a database of something else; a DataSet's file has a schema \"platform\".");
            }

            Change(connection, Format1);
        }

        var format = Convert.ToInt64(connection.Scalar("SELECT format FROM platform.about"), CultureInfo.InvariantCulture);
        if (format > Newest)
        {
            throw new PlatformException(PlatformFault.Storage, $"{path} has format {format}, this version knows formats up to {Newest}: use a newer version of the platform.");
        }

        foreach (var step in new[] { Format1, Format2, Format3 }[(int)format..])
        {
            Change(connection, step);
        }
    }

    private static void Change(DuckDBConnection connection, string statements)
    {
        using var transaction = connection.BeginTransaction();
        connection.Run(statements);
        transaction.Commit();
    }
}
