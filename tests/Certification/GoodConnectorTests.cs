using System.Text.Json;
using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.Http;
using ConnectorPlatform.Tests.Support;
using ConnectorPlatform.Tests.Workers;

namespace ConnectorPlatform.Tests.Certification;

/// <summary>The connector in which faults are seeded has none by itself, and has those that are asked for.</summary>
public sealed class GoodConnectorTests : IDisposable
{
    private const string Unknown = "names no known fault";

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Those that show in a plain reading of the samples.</summary>
    public static TheoryData<string> FaultsOfRows =>
    [
        "null-to-empty", "empty-to-null", "big-double", "amount-double", "emoji-split", "emoji-ascii", "day-shifted", "offset-lost", "paid-null-false",
        "last-page-dropped", "last-row-dropped", "key-null", "key-duplicate", "column-type", "column-missing", "token-in-record",
    ];

    public static TheoryData<string> FaultsInCode => [.. Faults.All.Where(fault => fault.IsInCode).Select(fault => fault.Name)];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void There_are_at_least_thirty_four_faults_each_with_a_name_of_its_own()
    {
        Assert.True(Faults.All.Count >= 34, $"There are {Faults.All.Count} faults.");
        Assert.Equal(Faults.All.Count, Faults.All.Select(fault => fault.Name).Distinct().Count());
        Assert.All(Faults.All, fault => Assert.Equal(!fault.IsInCode, fault.Name.StartsWith("file-", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("""{ "kind": "all" }""", 8)]
    [InlineData("""{ "kind": "since", "since": "2026-03-29" }""", 7)]
    public async Task The_good_connector_runs_on_its_samples_through_the_platform(string details, int rows)
    {
        await using var platform = new PlatformWithWorkers();

        var run = await platform.RunAsync("faulty", JsonElement.Parse(details), Cancellation);

        Assert.True(run.IsSuccess, run.Failure?.Message);
        Assert.Equal(rows, run.Counts.RowsWritten);
    }

    [Fact]
    public async Task The_good_connector_delivers_the_values_of_its_samples_exactly()
    {
        var rows = Rows(await ReadAsync(null));

        Assert.Equal("1|Danke 🎉|9007199254740993|12345678901234.5678|2026-03-28|2026-03-28T22:30:00.0000000Z|True", rows[0]);
        Assert.Equal("2|null|-9007199254740995|0.1|2026-03-29|2026-03-29T00:59:59.0000000Z|null", rows[1]);
        Assert.Equal("3||9223372036854775807|-7.25|2026-03-29|2026-03-29T01:00:00.0000000Z|False", rows[2]);
        Assert.Equal(["1", "2", "3", "4", "5", "6", "7", "8"], rows.Select(row => row.Split('|')[0]));
    }

    [Fact]
    public async Task The_good_connector_resumes_exactly_from_each_checkpoint()
    {
        var batches = await ReadAsync(null);

        Assert.Equal(3, batches.Count);
        for (var read = 1; read <= batches.Count; read++)
        {
            var rest = await ReadAsync(null, batches[read - 1].Checkpoint);
            Assert.Equal(Rows(batches), [.. Rows(batches[..read]), .. Rows(rest)]);
        }
    }

    [Theory]
    [InlineData("resume-doubles")]
    [InlineData("resume-skips")]
    public async Task A_fault_of_resuming_shows_only_when_a_reading_is_resumed(string name)
    {
        var good = await ReadAsync(null);
        var batches = await ReadAsync(name);

        Assert.Equal(Rows(good), Rows(batches));
        Assert.NotEqual(Rows(good), [.. Rows(batches[..1]), .. Rows(await ReadAsync(name, batches[0].Checkpoint))]);
    }

    [Theory]
    [MemberData(nameof(FaultsOfRows))]
    public async Task A_fault_of_rows_shows_in_a_reading(string name) => Assert.NotEqual(Tell(await ReadAsync(null)), Tell(await ReadAsync(name)));

    [Theory]
    [MemberData(nameof(FaultsInCode))]
    public async Task The_connector_knows_each_fault_in_code(string name) =>
        Assert.DoesNotContain(Unknown, $"{await Record.ExceptionAsync(() => ReadAsync(name))}", StringComparison.Ordinal);

    [Fact]
    public async Task A_fault_that_the_connector_does_not_know_is_refused() =>
        Assert.Contains(Unknown, $"{await Record.ExceptionAsync(() => ReadAsync("no-such-fault"))}", StringComparison.Ordinal);

    private async Task<List<RecordBatch>> ReadAsync(string? fault, JsonElement? state = null)
    {
        var package = Faults.Copy(fault is null ? null : new Fault(fault, ""), _folder.File(Guid.NewGuid().ToString("N"))).Read();
        var tape = SampleTape.Load(package.SamplesFolder);
        using var replies = new SampleReplies(tape, package.Manifest.Http.BaseAddress);
        using var http = new HttpClient(replies) { BaseAddress = package.Manifest.Http.BaseAddress };
        var context = new ConnectorContext { Http = http, Credentials = tape.Credentials, Details = tape.Examples[0].Details, State = state };
        return await new ConnectorLoader().Load(package).Create().ReadAsync(context, Cancellation).ToListAsync(Cancellation);
    }

    private static List<string> Tell(IEnumerable<RecordBatch> batches) =>
        [.. batches.SelectMany(batch => Rows([batch]).Prepend(string.Join(", ", batch.Columns.Select(column => $"{column.Name} {column.Type}"))))];

    private static List<string> Rows(IEnumerable<RecordBatch> batches) => [.. batches.SelectMany(batch =>
    {
        var columns = batch.Columns.Select((column, ordinal) => Texts(batch, ordinal, column.Type)).ToList();
        return Enumerable.Range(0, batch.Count).Select(row => string.Join('|', columns.Select(column => column[row])));
    })];

    private static string[] Texts(RecordBatch batch, int ordinal, ColumnType type) => type switch
    {
        ColumnType.Integer => Copy<long?>(batch, ordinal),
        ColumnType.Decimal => Copy<decimal?>(batch, ordinal),
        ColumnType.Boolean => Copy<bool?>(batch, ordinal),
        ColumnType.Date => Copy<DateOnly?>(batch, ordinal),
        ColumnType.DateTime => Copy<DateTime?>(batch, ordinal),
        _ => Copy<string?>(batch, ordinal),
    };

    private static string[] Copy<TValue>(RecordBatch batch, int ordinal)
    {
        var values = new TValue[batch.Count];
        batch.CopyColumn<TValue>(ordinal, values);
        return [.. values.Select(value => value switch
        {
            null => "null",
            DateOnly date => date.ToString("O", System.Globalization.CultureInfo.InvariantCulture),
            DateTime instant => instant.ToString("O", System.Globalization.CultureInfo.InvariantCulture),
            _ => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{value}"),
        })];
    }
}
