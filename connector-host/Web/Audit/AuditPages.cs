using ConnectorPlatform.Host.Audit;
using ConnectorPlatform.Host.Web.Settings;
using ConnectorPlatform.Host.Web.Site;

namespace ConnectorPlatform.Host.Web.Audit;

/// <summary>Who did what when: searched on a page, and downloaded.</summary>
internal sealed class AuditPages(SiteRenderer site, AuditLog log)
{
    public const string Path = "/settings/audit";

    private const int LinesShown = 50;

    private static readonly (string Ending, string Title, string Type, AuditFormat Format)[] Formats =
    [
        ("csv", "CSV", "text/csv; charset=utf-8", AuditFormat.Csv),
        ("jsonl", "JSON lines", "application/jsonl; charset=utf-8", AuditFormat.JsonLines),
    ];

    public static void Map(IEndpointRouteBuilder server)
    {
        var pages = server.ServiceProvider.GetRequiredService<AuditPages>();
        server.MapMethods(Path, Pages.Reading, pages.Show);
        server.MapMethods($"{Path}/export", Pages.Reading, pages.Export);
    }

    private IResult Show(HttpContext context)
    {
        var form = AuditForm.Read(context.Request.Query);
        try
        {
            return Page(context, form, log.Find(form.ToSearch(), form.BeforeLine, LinesShown + 1), "");
        }
        catch (PlatformException exception) when (exception.Fault == PlatformFault.Input)
        {
            return Page(context, form, [], exception.Message);
        }
    }

    private IResult Page(HttpContext context, AuditForm form, IReadOnlyList<AuditEntry> found, string error) => SettingsPages.Page(
        site,
        context,
        Path,
        "settings-audit",
        new
        {
            Error = error,
            form.Who,
            form.What,
            form.Subject,
            form.From,
            form.To,
            form.IsFiltered,
            Everything = Path,
            Newest = form.Before.Length > 0 ? form.Address(Path, null) : "",
            Older = found.Count > LinesShown ? form.Address(Path, found[LinesShown - 1].Sequence) : "",
            Lines = found.Take(LinesShown).Select(Line).ToList(),
            Formats = Formats.Select(format => new { format.Title, Path = ExportAddress(form, format.Ending) }).ToList(),
        },
        error.Length == 0 ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest);

    private static object Line(AuditEntry entry) => new
    {
        entry.Sequence,
        entry.At,
        Who = entry.ActorName,
        Kind = entry.ActorKind switch
        {
            ActorKind.Token => "API token",
            ActorKind.CommandLine => "command line",
            ActorKind.Scheduler or ActorKind.Host => "by itself",
            _ => "",
        },
        Address = entry.Address ?? "",
        What = entry.Action,
        Subject = entry.SubjectKind,
        Name = entry.SubjectName,
        Before = VisibleJson.Of(entry.Before ?? ""),
        After = VisibleJson.Of(entry.After ?? ""),
    };

    private static string ExportAddress(AuditForm form, string ending)
    {
        var address = form.Address($"{Path}/export", null);
        return $"{address}{(address.Contains('?', StringComparison.Ordinal) ? '&' : '?')}format={ending}";
    }

    private IResult Export(HttpContext context)
    {
        var asked = context.Request.Query["format"].ToString();
        if (Array.Find(Formats, format => format.Ending == asked) is not { Ending: not null } format)
        {
            throw new PlatformException(PlatformFault.Input, $"\"{asked}\" is no format; there are {string.Join(", ", Formats.Select(known => known.Ending))}.");
        }

        var search = AuditForm.Read(context.Request.Query).ToSearch();
        return Results.Stream(
            async stream =>
            {
                var target = new StreamWriter(stream, leaveOpen: true);
                await using (target.ConfigureAwait(false))
                {
                    await AuditExport.WriteAsync(log.FindAll(search), format.Format, target, context.RequestAborted).ConfigureAwait(false);
                }
            },
            format.Type,
            $"audit.{format.Ending}");
    }
}
