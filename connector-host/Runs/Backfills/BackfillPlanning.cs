using System.Text.Json;
using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.Connectors.Packages;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Forms;
using ConnectorPlatform.Host.Forms.Validation;
using ConnectorPlatform.Host.Http;

namespace ConnectorPlatform.Host.Runs.Backfills;

/// <summary>What a user asks of a backfill.</summary>
internal sealed record BackfillRequest(DayRange Range, SliceUnit Unit)
{
    /// <summary>Fields of the details with their texts; they take the place of the connector's, or are added.</summary>
    public IReadOnlyDictionary<string, string> Fields { get; init; } = new Dictionary<string, string>();

    /// <summary>Null for half of what the connector declares for an account, so that live runs keep room.</summary>
    public RateBudget? Budget { get; init; }
}

/// <summary>A backfill that could be started.</summary>
internal sealed record BackfillPlan(Backfill Backfill, IReadOnlyList<BackfillSlice> Slices);

/// <summary>Makes slices of a range, and finds before anything starts what would go wrong with them.</summary>
internal sealed class BackfillPlanning(PackageLeases packages, DetailsMigration migration, FormValidator validator, TimeProvider time)
{
    // More than ten years of days; each is a run with a place in the history.
    private const int MostSlices = 5_000;

    /// <exception cref="PlatformException">The range, the update method or the details do not allow it.</exception>
    /// <exception cref="InvalidFormException">The details of a slice are not valid.</exception>
    public async Task<BackfillPlan> PlanAsync(DataSetConfiguration dataSet, BackfillRequest request, CancellationToken cancellationToken)
    {
        SliceOrder.CheckMethod(dataSet);
        var ranges = Cut(request);
        CheckPartitions(dataSet, request, ranges);
        using var lease = packages.Take(dataSet.Connector, out var package);
        var fields = FieldsOf(package.Manifest, request.Fields);
        var saved = await migration.DetailsForAsync(package, dataSet, new RunProgress(new RunLog(null, time)), cancellationToken).ConfigureAwait(false);
        var details = Settle(Form.Parse(package.DetailsForm), saved, fields, ranges);
        var now = time.GetUtcNow();
        var backfill = new Backfill
        {
            Id = Identifier.New(),
            DataSetId = dataSet.Id,
            Range = request.Range,
            Unit = request.Unit,
            Fields = fields,
            DetailsVersion = package.Manifest.DetailsVersion,
            Budget = request.Budget ?? HalfOf(package.Manifest.Http.RateBudget),
            CreatedAt = now,
            UpdatedAt = now,
        };
        return new BackfillPlan(backfill, [.. ranges.Zip(details).Select((slice, index) => new BackfillSlice { Number = index + 1, Range = slice.First, Details = slice.Second })]);
    }

    private List<DayRange> Cut(BackfillRequest request)
    {
        var (first, last) = request.Range;
        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        if (first > last)
        {
            throw Input($"The range ends on {DayRange.Text(last)}, before it begins on {DayRange.Text(first)}: both days belong to it.");
        }

        if (last > today)
        {
            throw Input($"A backfill reads the past: the range ends on {DayRange.Text(last)}, after today ({DayRange.Text(today)} in UTC).");
        }

        var ranges = request.Range.Cut(request.Unit).Take(MostSlices + 1).ToList();
        return ranges.Count <= MostSlices ? ranges
            : throw Input($"The range has more than {MostSlices} slices: choose longer ones with --slice, or a shorter range.");
    }

    // Only whole partitions may be replaced: of a month that is read in part, the rest would be lost.
    private static void CheckPartitions(DataSetConfiguration dataSet, BackfillRequest request, List<DayRange> ranges)
    {
        if (dataSet is { UpdateMethod: UpdateMethod.Partition, Rules.Partition: { Unit: PartitionUnit.Month } partition }
            && (request.Unit != SliceUnit.Month || ranges[0].First.Day != 1 || ranges[^1].Last.AddDays(1).Day != 1))
        {
            throw Input($"The DataSet \"{dataSet.Name}\" replaces whole months ({partition}), and a slice that reads a part of one would take the rest away: "
                + "use --slice month, from the first day of a month to the last of one.");
        }
    }

    private static Dictionary<string, string> FieldsOf(ConnectorManifest manifest, IReadOnlyDictionary<string, string> chosen)
    {
        var fields = new Dictionary<string, string>(manifest.Backfill);
        foreach (var (name, text) in chosen)
        {
            // A name and the pointer to it are one field.
            fields.Remove(name.StartsWith('/') ? name[1..] : "/" + name);
            fields[name] = text;
            if (!ManifestReader.BackfillText().IsMatch(text))
            {
                throw Input($"--set {name}={text}: in braces may stand start, end, until or days.");
            }
        }

        return fields.Count > 0 ? fields
            : throw Input($"The connector {manifest.Id} does not say how its details ask for days of the past. Name the fields, such as --set from={{start}} --set to={{end}}.");
    }

    private List<JsonElement> Settle(Form form, JsonElement saved, Dictionary<string, string> fields, List<DayRange> ranges)
    {
        var details = new SliceDetails(form, saved, fields);
        var settled = ranges.ConvertAll(details.For);
        var errors = validator.ValidateAll([.. settled.Select(one => (form, one))], UnknownNames.Refused);
        foreach (var (range, found) in ranges.Zip(errors).Where(pair => pair.Second.Count > 0).Take(1))
        {
            throw new InvalidFormException($"details of the slice {range}", found);
        }

        var texts = settled.ConvertAll(one => one.Data.GetRawText());
        return texts.Distinct(StringComparer.Ordinal).Count() == texts.Count
            ? settled.ConvertAll(one => one.Data)
            : throw Input("Several slices would ask for the same: let a field say the days with {start}, {end} or {until}.");
    }

    private static RateBudget? HalfOf(RateBudget? declared) => declared is null ? null : declared with { Requests = Math.Max(1, declared.Requests / 2) };

    private static PlatformException Input(string message) => new(PlatformFault.Input, message);
}
