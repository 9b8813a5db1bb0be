using System.Text.Json;
using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Forms;
using ConnectorPlatform.Host.Metadata;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Host.Runs.Drafts;
using ConnectorPlatform.Host.Schedules;

namespace ConnectorPlatform.Host.Web.NewDataSet;

/// <summary>Makes a DataSet of a draft: configuration, schedule and freshness at once, and the draft is gone.</summary>
internal sealed class DraftSaving(
    MetadataDatabase database,
    ConnectorCatalog connectors,
    DataSetConfigurationStore dataSets,
    DataSetSetup setup,
    ScheduleCheck check,
    ScheduleStore schedules,
    Freshness freshness,
    DraftStore drafts,
    PaneForms panes,
    SchedulingForm scheduling)
{
    /// <exception cref="InvalidFormException">The details are not valid.</exception>
    /// <exception cref="PlatformException">Something else is not, or the name is taken.</exception>
    public DataSetConfiguration Save(Draft draft)
    {
        var package = connectors.Find(draft.Connector);
        var planned = scheduling.Parse(SchedulingForm.Form.Settle(draft.Scheduling ?? JsonElementReading.EmptyObject).Data, null);
        if (planned.Schedule is not null)
        {
            check.NextFires(planned.Schedule);
        }

        var labels = DataSetLabels.Of(draft.Description, draft.Tags);
        var details = setup.SettleDetails(package, draft.Details ?? JsonElementReading.EmptyObject);
        return database.Together(() =>
        {
            var dataSet = setup.AddDataSet(draft.Name ?? SuggestName(draft), package, panes.AccountOf(draft.AccountChoice), details, (planned.Method, planned.Rules), labels);
            if (planned.Schedule is { } schedule)
            {
                schedules.Add(schedule with { DataSetId = dataSet.Id });
            }

            freshness.Set(dataSet.Id, planned.MaxAge);
            drafts.Remove(draft.Id);
            return dataSet;
        });
    }

    /// <summary>A free name of the report and the account.</summary>
    public string SuggestName(Draft draft)
    {
        var package = connectors.Find(draft.Connector);
        var report = ReportOf(package, draft.Details ?? JsonElementReading.EmptyObject) ?? package.Manifest.Name;
        var name = draft.AccountChoice is null ? report : $"{report} – {panes.AccountSummary(draft.AccountChoice)}";
        return Enumerable.Range(1, int.MaxValue).Select(number => number == 1 ? name : $"{name} ({number})").First(free => !dataSets.IsTaken(free));
    }

    // The first menu of a form is what the user chooses first.
    private static string? ReportOf(ConnectorPackage package, JsonElement details)
    {
        var settled = Form.Parse(package.DetailsForm).Settle(details);
        return settled.Visible.Where(pointer => settled.Fields[pointer].Choices is not null)
            .Select(pointer => JsonPointer.Find(settled.Data, pointer) is { } value ? settled.Fields[pointer].TitleOf(value) : null)
            .FirstOrDefault(title => title is not null);
    }
}
