using System.Globalization;
using System.Text.Json;
using ConnectorPlatform.Host.Accounts;
using ConnectorPlatform.Host.Authoring.Dev;
using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.Forms;
using ConnectorPlatform.Host.Forms.Validation;
using ConnectorPlatform.Host.People;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Host.Web.People;
using ConnectorPlatform.Host.Web.Site;

namespace ConnectorPlatform.Host.Web.Dev;

/// <summary>The page beside an author's editor: the last build, the details form as the platform settles it, and a run.</summary>
internal sealed class DevPages(DevBuilds builds, DevRuns runs, FormValidator validator, SiteRenderer site)
{
    public static void Map(WebApplication server, DevBuilds builds)
    {
        var pages = ActivatorUtilities.CreateInstance<DevPages>(server.Services, builds);
        Pages.MapFrame(server);
        var area = server.Area(Permission.Read, Permission.Run);
        area.MapGet("/", (HttpContext context, string? details, string? account) => pages.Show(context, details, account, null, null));
        area.MapPost("/run", pages.RunAsync);
        area.MapGet("/state", () => Results.Text((builds.Last?.Number ?? 0).ToString(CultureInfo.InvariantCulture)));
    }

    private async Task<IResult> RunAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var form = await context.Request.ReadFormAsync(cancellationToken).ConfigureAwait(false);
        var (details, account) = (form["details"].ToString(), form["account"].ToString());
        if (builds.Last?.Good is not { } good)
        {
            return Show(context, details, account, null, "There is no build to run yet.");
        }

        try
        {
            var run = await runs.RunAsync(good.Package, account.Length == 0 ? Account.Sample : account, JsonElement.Parse(details), cancellationToken).ConfigureAwait(false);
            return Show(context, details, account, (good.Number, run), null);
        }
        catch (Exception exception) when (exception is InvalidFormException or PlatformException or ValidationQuotaException or JsonException)
        {
            return Show(context, details, account, null, exception is JsonException ? "The details are no JSON." : exception.Message);
        }
    }

    private IResult Show(HttpContext context, string? details, string? account, (int Build, DevRun Run)? run, string? problem)
    {
        var (build, package) = (builds.Last, builds.Last?.Good?.Package);
        var examples = package is null ? [] : ExamplesOf(package, ref problem);
        var text = details ?? examples.FirstOrDefault()?.Details ?? "{}";
        return site.Page(context, new PageView("dev", package?.Manifest.Name ?? "No build yet", new
        {
            Number = build?.Number ?? 0,
            Summary = build?.Summary ?? "The first build is under way.",
            IsGood = build is null or { Errors.Count: 0 },
            Errors = build?.Errors ?? [],
            Changed = string.Join(", ", build?.Changed ?? []),
            Details = text,
            Account = account ?? Account.Sample,
            Accounts = package is null ? [] : (List<string>)[Account.Sample, .. runs.AccountsFor(package)],
            Examples = examples,
            Form = package is null ? null : FormModel(package, text),
            Problem = problem ?? "",
            Run = run is null ? null : RunModel(run.Value.Build, run.Value.Run),
        })
        {
            HasNavigation = false,
        });
    }

    private static List<ExampleLink> ExamplesOf(ConnectorPackage package, ref string? problem)
    {
        try
        {
            return [.. DevRuns.ExamplesOf(package).Select(example => new ExampleLink(example.Name, example.Details.GetRawText()))];
        }
        catch (ConnectorException exception)
        {
            problem ??= exception.Message;
            return [];
        }
    }

    private object FormModel(ConnectorPackage package, string details)
    {
        JsonElement data;
        try
        {
            data = JsonElement.Parse(details);
        }
        catch (JsonException exception)
        {
            return new { Shown = Array.Empty<object>(), Hidden = Array.Empty<object>(), Errors = new[] { $"The details are no JSON at line {exception.LineNumber + 1}." } };
        }

        var form = Form.Parse(package.DetailsForm);
        var settled = form.Settle(data);
        return new
        {
            Shown = settled.Visible.Select(pointer => new
            {
                Pointer = pointer,
                settled.Fields[pointer].Title,
                IsRequired = settled.Required.Contains(pointer),
                Value = JsonPointer.Find(settled.Data, pointer)?.GetRawText() ?? "",
            }).ToList(),
            Hidden = settled.Hidden.Select(entry => new { Pointer = entry.Key, Why = entry.Value }).ToList(),
            Errors = Errors(form, settled),
        };
    }

    private string[] Errors(Form form, Settled settled)
    {
        try
        {
            return [.. validator.Validate(form, settled, UnknownNames.Refused).Select(error => $"{error.Path}: {error.Message}")];
        }
        catch (ValidationQuotaException exception)
        {
            return [exception.Message];
        }
    }

    private static object RunModel(int build, DevRun run) => new
    {
        Build = build,
        State = run.Record.State.ToString(),
        IsGood = run.Record.IsSuccess,
        Failure = run.Record.Failure is { } failure ? $"{failure.Kind}: {failure.Message} {failure.WhoActs}" : "",
        run.Record.Warnings,
        Milliseconds = (long)((run.Record.EndedAt - run.Record.StartedAt)?.TotalMilliseconds ?? 0),
        run.Record.Counts.Requests,
        Total = run.Rows?.Total ?? 0,
        Shown = run.Rows?.Rows.Count ?? 0,
        Columns = run.Rows?.Columns.Select(column => new { column.Name, Type = column.Type.ToString(), column.IsKey }).ToList() ?? [],
        Rows = run.Rows?.Rows.Select(row => row.Select(ValueText.Of).ToList()).ToList() ?? [],
        run.Log,
    };

    /// <summary>An example whose details the page offers.</summary>
    private sealed record ExampleLink(string Name, string Details);
}
