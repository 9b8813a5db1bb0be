using System.Collections.Concurrent;
using System.Text.Json;
using ConnectorPlatform.Host.Accounts;
using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.Forms;
using ConnectorPlatform.Host.Runs.Sessions;

namespace ConnectorPlatform.Host.Runs.Menus;

/// <summary>Which live menu is asked for, and with what.</summary>
internal sealed record MenuQuery
{
    public required ConnectorPackage Package { get; init; }

    public required AccountChoice Account { get; init; }

    public required LiveMenu Menu { get; init; }

    /// <summary>The settled details, as far as they are filled in.</summary>
    public required JsonElement Details { get; init; }

    /// <summary>JSON pointer of the object in the details that the field belongs to; empty for the details themselves.</summary>
    public string Place { get; init; } = "";

    public string? Search { get; init; }

    public string AccountKey => $"{Package.Manifest.Id}/{Account.Account?.Id ?? Accounts.Account.Sample}";

    /// <summary>The fields that the menu depends on and that are still empty.</summary>
    public IReadOnlyList<string> Missing => [.. Menu.DependsOn.Where(name => Controller(name) is null)];

    /// <summary>Equal for queries that have the same answer.</summary>
    public string Key => JsonSerializer.Serialize((string?[])
        [AccountKey, Package.Manifest.Version, Menu.Source, Search, .. Menu.DependsOn.Select(name => Controller(name)?.GetRawText())]);

    private JsonElement? Controller(string name) => JsonPointer.Find(Details, JsonPointer.Append(Place, name));
}

/// <summary>A live menu's options, or why there are none.</summary>
/// <param name="Options">Empty when the source has none, and after a failure.</param>
/// <param name="Failure">In the user's words; null after a success.</param>
internal sealed record MenuAnswer(IReadOnlyList<MenuOption> Options, string? Failure = null);

/// <summary>Asks connectors for the options of live menus, and remembers the answers for as long as the form allows.</summary>
internal sealed class LiveMenus(ConnectorSessions sessions, MenuLabelStore labels, TimeProvider time)
{
    // A form that is shown again while the source is down must not ask anew with every change of a field.
    private static readonly TimeSpan FailureKeptFor = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan UsuallyKeptFor = TimeSpan.FromMinutes(5);

    // The answer to "loading" must survive until the form is shown with it, also where the form allows no cache.
    private static readonly TimeSpan LeastKeptFor = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private const int MostAnswers = 500;

    private readonly ConcurrentDictionary<string, (MenuAnswer Answer, DateTimeOffset Until)> _answers = new();

    /// <summary>The answer that is known; null when the connector must be asked.</summary>
    public MenuAnswer? Known(MenuQuery query) =>
        _answers.TryGetValue(query.Key, out var known) && known.Until > time.GetUtcNow() ? known.Answer : null;

    /// <summary>The known answer, or what the connector says now. A failure is an answer as well.</summary>
    public async Task<MenuAnswer> GetAsync(MenuQuery query, CancellationToken cancellationToken) =>
        Known(query) is { Failure: null } known ? known : await AskAsync(query, cancellationToken).ConfigureAwait(false);

    /// <summary>What a value is called; null when nobody has said it yet.</summary>
    public string? LabelOf(MenuQuery query, string value)
    {
        var label = Known(query)?.Options.FirstOrDefault(option => option.Value == value)?.Label;
        if (label is null)
        {
            return labels.Find(query.AccountKey, query.Menu.Source, value);
        }

        labels.Remember(query.AccountKey, query.Menu.Source, value, label);
        return label;
    }

    private async Task<MenuAnswer> AskAsync(MenuQuery query, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        MenuAnswer answer;
        try
        {
            var request = new SessionRequest
            {
                Package = query.Package,
                Account = query.Account,
                Details = query.Details,
                Progress = new RunProgress(new RunLog(null, time)),
            };
            await using var session = await sessions.OpenAsync(request, stop.Token).ConfigureAwait(false);
            answer = new(await session.GetMenuAsync(new MenuRequest(query.Menu.Source, query.Search), stop.Token).ConfigureAwait(false));
        }
        catch (Exception exception) when (exception is ConnectorException or PackageLoadException or PlatformException)
        {
            answer = new([], exception.Message);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            answer = new([], $"The connector did not answer within {Patience.TotalSeconds:0} seconds.");
        }

        Keep(query, answer);
        return answer;
    }

    private void Keep(MenuQuery query, MenuAnswer answer)
    {
        var now = time.GetUtcNow();
        var asked = query.Menu.CacheSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : UsuallyKeptFor;
        var keptFor = answer.Failure is not null ? FailureKeptFor : asked < LeastKeptFor ? LeastKeptFor : asked;
        if (_answers.Count >= MostAnswers)
        {
            foreach (var old in _answers.OrderBy(entry => entry.Value.Until).Take(MostAnswers / 2))
            {
                _answers.TryRemove(old.Key, out _);
            }
        }

        _answers[query.Key] = (answer, now + keptFor);
    }
}
