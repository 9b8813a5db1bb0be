using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Runs;

namespace ConnectorPlatform.Host.Cli;

/// <summary>Fills one DataSet for each Bitly report from the connector's sample data.</summary>
internal sealed class Demo(IServiceProvider parts, Output output)
{
    private const string ConnectorId = "bitly";

    /// <returns>Whether every run succeeded.</returns>
    public async Task<bool> FillAsync(CancellationToken cancellationToken)
    {
        var package = parts.GetRequiredService<ConnectorCatalog>().Find(ConnectorId);
        var results = new List<(DataSetConfiguration DataSet, RunRecord Run, int Columns)>();
        foreach (var dataSet in parts.GetRequiredService<SampleDataSets>().AddFor(package))
        {
            var run = await parts.GetRequiredService<RunEngine>().RunAsync(dataSet, RunTrigger.Manual, cancellationToken).ConfigureAwait(false);
            using var lease = await parts.GetRequiredService<DataSetFiles>().OpenAsync(dataSet.Id, cancellationToken).ConfigureAwait(false);
            results.Add((dataSet, run, lease.Reader.Columns().Count));
        }

        Tell(results);
        return results.TrueForAll(result => result.Run.IsSuccess);
    }

    private void Tell(List<(DataSetConfiguration DataSet, RunRecord Run, int Columns)> results)
    {
        var rows = results.ConvertAll(result => new
        {
            Report = result.DataSet.Name,
            Rows = result.Run.Counts.RowsWritten,
            result.Columns,
            Milliseconds = (long)(result.Run.EndedAt - result.Run.StartedAt)!.Value.TotalMilliseconds,
            result.Run.State,
            Message = result.Run.Failure?.Message ?? string.Join(" ", result.Run.Warnings),
        });
        output.Write(rows, () =>
        {
            output.Table(
                ["report", "rows", "columns", "ms", "state"],
                rows.Select(row => (object?[])[row.Report, row.Rows, row.Columns, row.Milliseconds, row.State]));
            foreach (var row in rows.Where(row => row.Message.Length > 0))
            {
                output.Line($"{row.Report}: {row.Message}");
            }
        });
    }
}
