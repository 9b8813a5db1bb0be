using System.ComponentModel;
using System.Text.Json;
using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.Forms;

namespace ConnectorPlatform.Host.Web.Api;

/// <summary>A connector as the API shows it.</summary>
internal sealed record ConnectorView
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    [Description("The version that new runs take.")]
    public required string Version { get; init; }

    [Description("Every version that can be used.")]
    public required IReadOnlyList<string> Versions { get; init; }

    public required string Category { get; init; }

    public required string Description { get; init; }

    public required Uri? Documentation { get; init; }

    [Description("Whether it can be tried with the account \"sample\", without credentials.")]
    public required bool HasSampleData { get; init; }

    public static ConnectorView Of(IReadOnlyList<ConnectorPackage> versions) => new()
    {
        Id = versions[0].Manifest.Id,
        Name = versions[0].Manifest.Name,
        Version = versions[0].Manifest.Version,
        Versions = [.. versions.Select(package => package.Manifest.Version)],
        Category = versions[0].Manifest.Category,
        Description = versions[0].Manifest.Description,
        Documentation = versions[0].Manifest.Documentation,
        HasSampleData = Directory.Exists(versions[0].SamplesFolder),
    };
}

/// <summary>A package that cannot be used, and why.</summary>
internal sealed record BrokenPackageView(string Folder, string? Id, string? Version, IReadOnlyList<PackageProblemView> Problems);

/// <summary>One reason.</summary>
internal sealed record PackageProblemView(string File, [property: Description("JSON pointer into the file.")] string Path, string Message);

/// <summary>A connector's forms: JSON Schemas of the dialect connector-form/1.</summary>
internal sealed record ConnectorFormsView(
    [property: Description("What an account needs.")] JsonElement Credentials,
    [property: Description("What a DataSet needs.")] JsonElement Details);

/// <summary>Which of a connector's forms.</summary>
internal enum FormName
{
    Credentials,
    Details,
}

/// <summary>What has been filled into a form so far.</summary>
internal sealed record SettleBody(JsonElement Data);

/// <summary>The form for what has been filled in.</summary>
internal sealed record SettledView
{
    [Description("What would be saved: the visible fields with their defaults. Secrets are left out.")]
    public required JsonElement Data { get; init; }

    [Description("JSON pointers of the visible fields, in order.")]
    public required IReadOnlyList<string> Visible { get; init; }

    public required IReadOnlyList<string> Required { get; init; }

    [Description("The fields that are hidden, and when each is shown.")]
    public required IReadOnlyDictionary<string, string> Hidden { get; init; }

    [Description("What keeps it from being saved.")]
    public required IReadOnlyList<ApiError> Errors { get; init; }

    public static SettledView Of(Settled settled, IReadOnlyList<FormError> errors) => new()
    {
        Data = WithoutSecrets.Of(settled),
        Visible = settled.Visible,
        Required = settled.Required,
        Hidden = settled.Hidden,
        Errors = [.. errors.Select(error => new ApiError(error.Path, error.Message))],
    };
}

/// <summary>For which account and details the options of a menu are asked.</summary>
internal sealed record MenuBody
{
    [Description("An account's id or name; sample by default.")]
    public string? Account { get; init; }

    [Description("What has been filled into the details so far.")]
    public JsonElement? Details { get; init; }

    [Description("What the user has typed to search.")]
    public string? Search { get; init; }
}

/// <summary>An entry of a live menu.</summary>
internal sealed record MenuOptionView(string Value, string Label, string? Description);

/// <summary>The entries of a live menu.</summary>
internal sealed record MenuView(IReadOnlyList<MenuOptionView> Options);
