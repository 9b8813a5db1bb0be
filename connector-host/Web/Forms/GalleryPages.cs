using System.Text.Json;
using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.Forms;
using ConnectorPlatform.Host.Forms.Lint;
using ConnectorPlatform.Host.Forms.Validation;
using ConnectorPlatform.Host.Runs.Menus;
using ConnectorPlatform.Host.Runs.Sessions;
using ConnectorPlatform.Host.Web.Site;

namespace ConnectorPlatform.Host.Web.Forms;

/// <summary>For authors of forms, with the setting <c>Web:Development</c>: shows any schema as the platform does, with what the lint says of it and the data that it makes.</summary>
internal sealed class GalleryPages(SiteRenderer site, SiteFiles files, ConnectorCatalog catalog, LiveMenus menus, FormValidator validator, IConfiguration configuration)
{
    private const string Path = "/dev/forms";
    private const string RefreshPath = "/dev/forms/fields";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private readonly GalleryMenus _samples = new();

    public static void Map(IEndpointRouteBuilder server)
    {
        var pages = server.ServiceProvider.GetRequiredService<GalleryPages>();
        server.MapMethods(Path, Pages.Reading, pages.Show);
        server.MapPost(Path, pages.AnswerAsync);
        server.MapPost(RefreshPath, pages.RefreshAsync);
        server.MapPost("/dev/forms/show", pages.ShowChangedAsync);
    }

    private IResult Show(HttpContext context, string? connector, string? pane)
    {
        RefuseUnlessDeveloping();
        return connector is null
            ? Page(context, Opened(files.ReadText("Forms/gallery.json"), "", ""))
            : Page(context, Opened(FormOf(connector, pane ?? "details").GetRawText(), connector, pane ?? "details"));
    }

    private async Task<IResult> ShowChangedAsync(HttpContext context, CancellationToken cancellationToken)
    {
        RefuseUnlessDeveloping();
        var posted = await context.Request.ReadFormAsync(cancellationToken).ConfigureAwait(false);
        return site.Part(context, "gallery-result", await ViewOfAsync(posted, false, cancellationToken).ConfigureAwait(false));
    }

    private async Task<IResult> RefreshAsync(HttpContext context, CancellationToken cancellationToken)
    {
        RefuseUnlessDeveloping();
        var posted = await context.Request.ReadFormAsync(cancellationToken).ConfigureAwait(false);
        return site.Part(context, "gallery-fields", await ViewOfAsync(posted, false, cancellationToken).ConfigureAwait(false));
    }

    private async Task<IResult> AnswerAsync(HttpContext context, CancellationToken cancellationToken)
    {
        RefuseUnlessDeveloping();
        var posted = await context.Request.ReadFormAsync(cancellationToken).ConfigureAwait(false);
        var uploaded = posted.Files["file"] is { Length: > 0 } file ? await ReadAsync(file, cancellationToken).ConfigureAwait(false) : null;
        var view = uploaded is null ? await ViewOfAsync(posted, true, cancellationToken).ConfigureAwait(false) : Opened(uploaded, "", "");
        return Page(context, view);
    }

    private async Task<GalleryView> ViewOfAsync(IFormCollection posted, bool checks, CancellationToken cancellationToken)
    {
        var (schema, connector, pane) = (posted["schema"].ToString(), posted["connector"].ToString(), posted["pane"].ToString());
        if (Parse(schema, out var problems) is not { } form)
        {
            return View(schema, connector, pane, problems);
        }

        var scene = Scene(form, connector);
        var post = FormPost.Read(posted, scene);
        IReadOnlyList<FormError> errors = checks && post.IsSubmit ? validator.Validate(form, post.Settled, UnknownNames.Dropped) : [];
        var view = await FormPresenter.AfterAsync(scene, post, errors, cancellationToken).ConfigureAwait(false);
        return View(schema, connector, pane, problems) with { Form = view, Data = Written(form, post.Settled), IsValid = checks && post.IsSubmit && errors.Count == 0 };
    }

    private GalleryView Opened(string schema, string connector, string pane)
    {
        if (Parse(schema, out var problems) is not { } form)
        {
            return View(schema, connector, pane, problems);
        }

        var empty = JsonElement.Parse("{}");
        return View(schema, connector, pane, problems) with { Form = FormPresenter.Open(Scene(form, connector), empty, isSaved: false), Data = Written(form, form.Settle(empty)) };
    }

    private GalleryView View(string schema, string connector, string pane, IReadOnlyList<FormProblem> problems) => new()
    {
        Schema = schema,
        Connector = connector,
        Pane = pane,
        Problems = problems,
        Connectors = [.. catalog.Packages.Select(package => package.Manifest).DistinctBy(manifest => manifest.Id).Select(manifest => new GalleryConnector(manifest.Id, manifest.Name))],
    };

    private static Form? Parse(string schema, out IReadOnlyList<FormProblem> problems)
    {
        try
        {
            var element = JsonElement.Parse(schema);
            problems = FormLint.Check(element);
            return Form.Parse(element);
        }
        catch (JsonException exception)
        {
            problems = [new("JSON", "", $"This is no JSON at line {exception.LineNumber + 1}.")];
        }
        catch (FormSchemaException exception)
        {
            problems = [new("JSON", exception.Pointer, exception.Message)];
        }

        return null;
    }

    private FormScene Scene(Form form, string connector) => new()
    {
        Form = form,
        RefreshPath = RefreshPath,
        Menus = connector.Length == 0 ? _samples : new ConnectorMenus(menus, new MenuOwner(catalog.Find(connector), AccountChoice.SampleData)),
    };

    private JsonElement FormOf(string connector, string pane) =>
        catalog.Find(connector) is var package && pane == "credentials" ? package.CredentialsForm : package.DetailsForm;

    // The page must not show a secret, though an author's is rarely one.
    private static string Written(Form form, Settled settled)
    {
        var text = JsonSerializer.Serialize(settled.Data, Indented);
        foreach (var pointer in settled.Visible.Where(pointer => settled.Fields[pointer].IsSecret))
        {
            if (JsonPointer.Find(settled.Data, pointer) is { } secret)
            {
                text = text.Replace(secret.GetRawText(), "\"(a secret)\"", StringComparison.Ordinal);
            }
        }

        return form.Scope.Sites.Count == 0 ? "{}" : text;
    }

    private static async Task<string> ReadAsync(IFormFile file, CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(file.OpenReadStream());
        return await reader.ReadToEndAsync(cancellationToken).ConfigureAwait(false);
    }

    private IResult Page(HttpContext context, GalleryView view) => site.Page(context, new PageView("gallery", "Forms", view)
    {
        Status = view.Form?.Errors.Count > 0 ? StatusCodes.Status400BadRequest : StatusCodes.Status200OK,
    });

    private void RefuseUnlessDeveloping()
    {
        if (configuration["Web:Development"] is not ("true" or "True"))
        {
            throw new PlatformException(PlatformFault.NotFound, "The gallery of forms is for development: set Web:Development to true (environment: Web__Development=true).");
        }
    }
}

/// <summary>The gallery as its templates show it.</summary>
internal sealed record GalleryView
{
    public required string Schema { get; init; }

    /// <summary>Whose form it is; empty for a pasted one.</summary>
    public required string Connector { get; init; }

    public required string Pane { get; init; }

    public required IReadOnlyList<FormProblem> Problems { get; init; }

    public required IReadOnlyList<GalleryConnector> Connectors { get; init; }

    /// <summary>Null when no form can be made of the schema.</summary>
    public FormView? Form { get; init; }

    /// <summary>The settled data, as JSON.</summary>
    public string Data { get; init; } = "";

    public bool IsValid { get; init; }
}

/// <summary>A connector whose forms can be looked at.</summary>
internal sealed record GalleryConnector(string Id, string Name);
