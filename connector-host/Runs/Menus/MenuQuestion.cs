using System.Text.Json;
using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.Forms;
using ConnectorPlatform.Host.Runs.Sessions;

namespace ConnectorPlatform.Host.Runs.Menus;

/// <summary>A live menu as one field of a form asks for it.</summary>
internal sealed record MenuQuestion
{
    public required LiveMenu Menu { get; init; }

    /// <summary>The settled details, as far as they are filled in.</summary>
    public required JsonElement Details { get; init; }

    /// <summary>JSON pointer of the object in the details that the field belongs to; empty for the details themselves.</summary>
    public string Place { get; init; } = "";

    /// <summary>What the user searches for; null for the whole menu.</summary>
    public string? Search { get; init; }

    /// <summary>The fields that the menu depends on and that are still empty.</summary>
    public IReadOnlyList<string> Missing => [.. Menu.DependsOn.Where(name => Controller(name) is null)];

    /// <summary>Equal for questions that have the same answer.</summary>
    public string Key => JsonSerializer.Serialize((string?[])[Menu.Source, Search, .. Menu.DependsOn.Select(name => Controller(name)?.GetRawText())]);

    private JsonElement? Controller(string name) => JsonPointer.Find(Details, JsonPointer.Append(Place, name));
}

/// <summary>Whose menus they are.</summary>
internal sealed record MenuOwner(ConnectorPackage Package, AccountChoice Account)
{
    public string Key => $"{Package.Manifest.Id}/{Account.Account?.Id ?? Accounts.Account.Sample}";
}

/// <summary>A live menu's options, or why there are none.</summary>
/// <param name="Options">Empty when the source has none, and after a failure.</param>
/// <param name="Failure">In the user's words; null after a success.</param>
internal sealed record MenuAnswer(IReadOnlyList<MenuOption> Options, string? Failure = null)
{
    /// <summary>What a program is told of the failure: whose it is; null after a success.</summary>
    public Exception? Cause { get; init; }
}
