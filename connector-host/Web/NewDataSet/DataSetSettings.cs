using System.Globalization;
using System.Text.Json;
using ConnectorPlatform.Host.Accounts;
using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Metadata;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Host.Schedules;
using ConnectorPlatform.Host.Web.Forms;

namespace ConnectorPlatform.Host.Web.NewDataSet;

/// <summary>A DataSet's configuration as its panes show and save it. The scheduling pane edits the DataSet's first schedule; others have forms of their own.</summary>
internal sealed class DataSetSettings(
    MetadataDatabase database, ConnectorCatalog connectors, DataSetEdit edit, DataSetSetup setup, ScheduleStore schedules, ScheduleEdit scheduleEdit, Freshness freshness, PaneForms panes, SchedulingForm scheduling)
{
    public ConnectorPackage PackageOf(DataSetConfiguration dataSet) => connectors.Find(dataSet.Connector);

    public IReadOnlyList<Schedule> SchedulesOf(DataSetConfiguration dataSet) => [.. schedules.Of(dataSet.Id).Select(stored => stored.Schedule)];

    public FormScene DetailsScene(DataSetConfiguration dataSet) => panes.DetailsScene(PackageOf(dataSet), ChoiceOf(dataSet), $"/datasets/{dataSet.Id}/settings/details/fields");

    public static FormScene SchedulingScene(string id) => SchedulingForm.Scene($"/datasets/{id}/settings/scheduling/fields");

    public static string ChoiceOf(DataSetConfiguration dataSet) => dataSet.AccountId ?? Account.Sample;

    public JsonElement SchedulingOf(DataSetConfiguration dataSet) =>
        SchedulingForm.Write(dataSet, SchedulesOf(dataSet) is [var first, ..] ? first : null, freshness.MaxAge(dataSet.Id));

    public void SaveAccount(DataSetConfiguration dataSet, string choice) => edit.Save(DataSetSetup.WithAccount(dataSet, panes.AccountOf(choice)), ChangeOrigin.Page);

    /// <exception cref="InvalidFormException">The details are not valid.</exception>
    public void SaveDetails(DataSetConfiguration dataSet, FormPost post) => edit.Save(setup.WithDetails(dataSet, PackageOf(dataSet), post.Settled.Data), ChangeOrigin.Page);

    public void SaveScheduling(DataSetConfiguration dataSet, FormPost post)
    {
        var before = SchedulesOf(dataSet);
        var planned = scheduling.Parse(post.Settled.Data, before is [var first, ..] ? first : null, dataSet.Rules);
        var wanted = before.Skip(1).Prepend(planned.Schedule is { } schedule ? schedule with { DataSetId = dataSet.Id } : null).OfType<Schedule>().ToList();
        database.Together(() =>
        {
            edit.Save(dataSet with { UpdateMethod = planned.Method, Rules = planned.Rules }, ChangeOrigin.Page);
            scheduleEdit.SetAll(dataSet.Id, wanted, ChangeOrigin.Page);
            scheduleEdit.SetMaxAge(dataSet.Id, planned.MaxAge, ChangeOrigin.Page);
        });
    }

    /// <param name="dataSet">In the version that was seen.</param>
    /// <param name="schedule">One of its schedules; null to add one.</param>
    /// <param name="post">Valid.</param>
    public void SaveSchedule(DataSetConfiguration dataSet, Schedule? schedule, FormPost post)
    {
        var wanted = scheduling.Parse(post.Settled.Data, schedule).Schedule! with { DataSetId = dataSet.Id };
        database.Together(() =>
        {
            edit.Save(dataSet, ChangeOrigin.Page);
            _ = schedule is null ? scheduleEdit.Add(wanted, ChangeOrigin.Page) : scheduleEdit.Replace(wanted, ChangeOrigin.Page);
        });
    }

    public void RemoveSchedule(Schedule schedule) => scheduleEdit.Remove(schedule, ChangeOrigin.Page);

    /// <exception cref="PlatformException">It is gone.</exception>
    public Schedule ScheduleOf(DataSetConfiguration dataSet, string id) => SchedulesOf(dataSet).FirstOrDefault(schedule => schedule.Id == id)
        ?? throw new PlatformException(PlatformFault.NotFound, "The DataSet has no such schedule; it may have been removed.");

    public void SaveName(DataSetConfiguration dataSet, string name, DataSetLabels labels) =>
        edit.Save(dataSet with { Name = name, Description = labels.Description, Tags = labels.Tags }, ChangeOrigin.Page);

    /// <summary>What the panes say in a line each.</summary>
    public IReadOnlyList<PaneLine> Lines(DataSetConfiguration dataSet)
    {
        // Without their connector these two have no form.
        var package = connectors.Packages.FirstOrDefault(package => package.Manifest.Id == dataSet.Connector);
        return
        [
            new("credentials", "Credentials", panes.AccountSummary(ChoiceOf(dataSet)), package is not null),
            new("details", "Details", package is null ? "Not readable without the connector" : PaneForms.DetailsSummary(package, dataSet.Details), package is not null),
            new("scheduling", "Scheduling", ScheduleSummary(dataSet), CanChange: true),
            new("name", "Name & Describe", dataSet.Tags.Count > 0 ? $"{dataSet.Name} · {string.Join(", ", dataSet.Tags)}" : dataSet.Name, CanChange: true),
        ];
    }

    private string ScheduleSummary(DataSetConfiguration dataSet)
    {
        var when = SchedulesOf(dataSet) switch
        {
            [] => "Only when somebody starts it",
            [var only] => $"{only.Recurrence.Describe()} {only.Zone.Id}{(only.IsPaused ? ", paused" : "")}",
            var several => string.Create(CultureInfo.InvariantCulture, $"{several.Count} schedules"),
        };
        return $"{when} · {dataSet.UpdateMethod}";
    }
}

/// <summary>A pane in a line.</summary>
internal sealed record PaneLine(string Key, string Title, string Summary, bool CanChange);
