using System.Globalization;
using System.Text.Json;
using ConnectorPlatform.Host.Accounts;
using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.Forms;
using ConnectorPlatform.Host.Runs.Menus;
using ConnectorPlatform.Host.Runs.Sessions;
using ConnectorPlatform.Host.Web.Forms;

namespace ConnectorPlatform.Host.Web.NewDataSet;

/// <summary>What the panes of a new DataSet and of an existing one have in common.</summary>
internal sealed class PaneForms(AccountStore accounts, LiveMenus menus, SchedulingForm scheduling)
{
    private const string NothingChosen = "Nothing chosen yet";

    /// <summary>The choice with that id, or sample data.</summary>
    /// <exception cref="PlatformException">The account is gone.</exception>
    public AccountChoice AccountOf(string? choice) =>
        choice is null || string.Equals(choice, Account.Sample, StringComparison.OrdinalIgnoreCase) ? AccountChoice.SampleData : new AccountChoice(accounts.GetById(choice));

    /// <summary>The form's accounts of the connector, sample data last.</summary>
    public object Choices(ConnectorPackage package, string? chosen)
    {
        var stored = accounts.List().Where(account => account.Connector == package.Manifest.Id).ToList();
        var fallback = chosen ?? (stored.Count > 0 ? stored[0].Id : Account.Sample);
        return stored.Select(account => (account.Id, account.Name, Note: account.Identity ?? ""))
            .Append((Id: Account.Sample, Name: "Sample data", Note: "Examples that come with the connector: no account and no network needed."))
            .Select(choice => new { choice.Id, choice.Name, choice.Note, IsChosen = choice.Id == fallback }).ToList();
    }

    public FormScene DetailsScene(ConnectorPackage package, string? account, string refreshPath) => new()
    {
        Form = Form.Parse(package.DetailsForm),
        RefreshPath = refreshPath,
        Menus = new ConnectorMenus(menus, new MenuOwner(package, AccountOf(account))),
    };

    public string AccountSummary(string? account) => account is null ? NothingChosen : AccountOf(account).Account?.Name ?? "Sample data";

    /// <summary>The first few filled fields, in the form's words.</summary>
    public static string DetailsSummary(ConnectorPackage package, JsonElement? details)
    {
        if (details is not { } data)
        {
            return NothingChosen;
        }

        var settled = Form.Parse(package.DetailsForm).Settle(data);
        var parts = settled.Visible
            .Select(pointer => (Field: settled.Fields[pointer], Value: JsonPointer.Find(settled.Data, pointer)))
            .Where(entry => !entry.Field.IsSecret && entry.Value is { ValueKind: JsonValueKind.String or JsonValueKind.Number })
            .Take(4).Select(entry => $"{entry.Field.Title}: {entry.Field.TitleOf(entry.Value!.Value)}").ToList();
        return parts.Count > 0 ? string.Join(" · ", parts) : "Nothing to fill in";
    }

    public string SchedulingSummary(JsonElement? filled)
    {
        if (filled is not { } data)
        {
            return NothingChosen;
        }

        try
        {
            var parsed = scheduling.Parse(SchedulingForm.Form.Settle(data).Data, null);
            return $"{(parsed.Schedule is { } schedule ? $"{schedule.Recurrence.Describe()} {schedule.Zone.Id}" : "Only when somebody starts it")} · {parsed.Method}";
        }
        catch (PlatformException)
        {
            return "To be completed";
        }
    }

    /// <summary>The next times of what is filled in, or why there are none.</summary>
    public object Fires(JsonElement filled)
    {
        try
        {
            var settled = SchedulingForm.Form.Settle(filled);
            var schedule = scheduling.Parse(settled.Data, null).Schedule;
            var fires = scheduling.NextFires(schedule);
            return new
            {
                Words = schedule is null ? "It runs only when somebody starts it." : $"{schedule.Recurrence.Describe()} Time zone {schedule.Zone.Id}.",
                Problem = "",
                Fires = fires.Select(fire => new { Local = fire.Local.ToString("ddd d MMM yyyy, HH:mm zzz", CultureInfo.InvariantCulture), Notes = string.Join("; ", fire.Notes) }).ToList(),
            };
        }
        catch (PlatformException exception)
        {
            return new { Words = "", Problem = exception.Message, Fires = Array.Empty<object>() };
        }
    }
}
