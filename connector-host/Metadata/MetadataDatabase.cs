using System.Data;
using System.Globalization;
using Dapper;
using DbUp;
using DbUp.Engine;
using DbUp.Engine.Output;
using Microsoft.Data.Sqlite;

namespace ConnectorPlatform.Host.Metadata;

/// <summary>The metadata store: SQLite in WAL mode, brought up to date by the embedded migrations when it is opened.</summary>
internal sealed class MetadataDatabase
{
    private const string MigrationPrefix = "migrations/";
    private const int MostMigrationAttempts = 5;

    // Primary result codes of sqlite.org/rescode.html.
    private const int Busy = 5;
    private const int Constraint = 19;

    // The writes that this thread is doing together.
    [ThreadStatic]
    private static (MetadataDatabase Database, SqliteConnection Connection)? _together;

    private readonly string _file;
    private readonly string _connectionString;
    private readonly SharedCommits<SqliteConnection> _commits;
    private long _statements;

    static MetadataDatabase()
    {
        DefaultTypeMap.MatchNamesWithUnderscores = true;
        SqlMapper.RemoveTypeMap(typeof(DateTimeOffset));
        SqlMapper.AddTypeHandler(new InstantHandler());
    }

    private MetadataDatabase(string file)
    {
        _file = file;
        _connectionString = new SqliteConnectionStringBuilder { DataSource = file, ForeignKeys = true, DefaultTimeout = 10 }.ToString();
        _commits = new SharedCommits<SqliteConnection>(Commit);
    }

    /// <summary>Opens or creates the database of the folder.</summary>
    /// <exception cref="PlatformException">The file is no database, is damaged, or cannot be written.</exception>
    public static MetadataDatabase Open(DataFolder folder)
    {
        var database = new MetadataDatabase(folder.MetadataFile);
        // FULL makes a commit durable before it is reported, also when the power fails.
        database.Guarded(connection => connection.Execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"));
        database.Migrate();
        return database;
    }

    /// <summary>
    /// Follows every write: it is called when the write is asked for, and what it returns is called when the write is done, in its transaction and maybe
    /// on another's thread. Null for none.
    /// </summary>
    public Func<Action>? Follow { get; set; }

    /// <summary>How many statements this process has given to the store.</summary>
    public long Statements => Interlocked.Read(ref _statements);

    /// <summary>All rows of a query; names with underscores become properties.</summary>
    public IReadOnlyList<T> Query<T>(string sql, object? parameters = null) =>
        Chosen(sql, connection => connection.Query<T>(sql, parameters).AsList());

    /// <summary>The only row of a query, or the default value when there is none.</summary>
    public T? Find<T>(string sql, object? parameters = null) =>
        Chosen(sql, connection => connection.QuerySingleOrDefault<T>(sql, parameters));

    /// <summary>Changes rows, all at once or not at all; what it changed is durable when it returns.</summary>
    /// <returns>The number of rows changed.</returns>
    public int Execute(string sql, object? parameters = null)
    {
        Interlocked.Increment(ref _statements);
        return Write(connection => connection.Execute(sql, parameters));
    }

    /// <returns>False when a row with such a key or unique name is there already, or a row that it refers to is not.</returns>
    public bool TryInsert(string sql, object parameters) => Try(() => Execute(sql, parameters)) > 0;

    /// <returns>What the statement returns of the row; null when a row with such a key or unique name is there already, or a row that it refers to is not.</returns>
    public T? TryInsert<T>(string sql, object parameters)
        where T : struct => Try(() => Find<T?>(sql, parameters));

    private static T? Try<T>(Func<T?> insert)
    {
        try
        {
            return insert();
        }
        catch (PlatformException exception) when (exception.InnerException is SqliteException { SqliteErrorCode: Constraint })
        {
            return default;
        }
    }

    /// <summary>Does what several stores read and write as one transaction: all of it is durable when it returns, or nothing was done.</summary>
    /// <param name="work">
    /// Uses the stores of this database and nothing else that can be changed, as a commit that fails may have it done again. It does not wait for others:
    /// all other writes wait for it.
    /// </param>
    public T Together<T>(Func<T> work) => Joined is not null ? work() : Guarded(() => Shared(_ => work()));

    /// <inheritdoc cref="Together{T}(Func{T})"/>
    public void Together(Action work) => Together(() =>
    {
        work();
        return true;
    });

    private SqliteConnection? Joined => _together is { } together && together.Database == this ? together.Connection : null;

    private T Write<T>(Func<SqliteConnection, T> work) => Joined is { } connection ? Guarded(() => work(connection)) : Guarded(() => Shared(work));

    private T Shared<T>(Func<SqliteConnection, T> work)
    {
        // Whoever's thread does it, it is done for the viewer who asked.
        var viewer = Viewer.Current;
        var followed = Follow?.Invoke();
        return _commits.Do(connection =>
        {
            _together = (this, connection);
            try
            {
                var result = Viewer.As(viewer, () => work(connection));
                followed?.Invoke();
                return result;
            }
            finally
            {
                _together = null;
            }
        });
    }

    // A query that changes rows says which it returns.
    private T Chosen<T>(string sql, Func<SqliteConnection, T> work)
    {
        Interlocked.Increment(ref _statements);
        return Joined is not null || sql.Contains("RETURNING", StringComparison.Ordinal) ? Write(work) : Guarded(work);
    }

    /// <summary>Does several writes in one transaction. One that fails leaves nothing behind and keeps none of the others from being done.</summary>
    private void Commit(IReadOnlyList<SharedWrite<SqliteConnection>> writes)
    {
        using var connection = Connect();
        using var transaction = connection.BeginTransaction(deferred: false);
        foreach (var write in writes)
        {
            connection.Execute("SAVEPOINT write");
            connection.Execute(write.Try(connection) ? "RELEASE write" : "ROLLBACK TO write; RELEASE write");
        }

        transaction.Commit();
    }

    private T Guarded<T>(Func<SqliteConnection, T> work) => Guarded(() =>
    {
        using var connection = Connect();
        return work(connection);
    });

    private T Guarded<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (SqliteException exception)
        {
            throw new PlatformException(
                exception.SqliteErrorCode == Busy ? PlatformFault.Busy : PlatformFault.Storage,
                $"The metadata store {_file}: {exception.Message}",
                exception);
        }
    }

    private SqliteConnection Connect()
    {
        var connection = new SqliteConnection(_connectionString);
        connection.Open();
        return connection;
    }

    private void Migrate()
    {
        var upgrade = DeployChanges.To
            .SqliteDatabase(_connectionString)
            .WithScriptsEmbeddedInAssembly(typeof(MetadataDatabase).Assembly, name => name.StartsWith(MigrationPrefix, StringComparison.Ordinal))
            .WithTransactionPerScript()
            .LogTo(new NoUpgradeLog())
            .Build();
        // Of several processes that start at once one wins each step, and the others find it done.
        DatabaseUpgradeResult? failed = null;
        for (var attempt = 0; attempt < MostMigrationAttempts && Guarded(upgrade.IsUpgradeRequired); attempt++)
        {
            var result = upgrade.PerformUpgrade();
            failed = result.Successful ? null : result;
        }

        if (failed is not null && Guarded(upgrade.IsUpgradeRequired))
        {
            throw new PlatformException(
                PlatformFault.Storage, $"The metadata store could not be brought up to date ({failed.ErrorScript?.Name}): {failed.Error.Message}", failed.Error);
        }
    }

    private sealed class InstantHandler : SqlMapper.TypeHandler<DateTimeOffset>
    {
        public override void SetValue(IDbDataParameter parameter, DateTimeOffset value) =>
            parameter.Value = value.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture);

        public override DateTimeOffset Parse(object value) =>
            DateTimeOffset.Parse((string)value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
    }

    private sealed class NoUpgradeLog : IUpgradeLog
    {
        public void LogTrace(string format, params object[] args)
        {
        }

        public void LogDebug(string format, params object[] args)
        {
        }

        public void LogInformation(string format, params object[] args)
        {
        }

        public void LogWarning(string format, params object[] args)
        {
        }

        public void LogError(string format, params object[] args)
        {
        }

        public void LogError(Exception ex, string format, params object[] args)
        {
        }
    }
}
