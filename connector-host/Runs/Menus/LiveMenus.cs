using System.Collections.Concurrent;
using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.Runs.Sessions;

namespace ConnectorPlatform.Host.Runs.Menus;

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
    public MenuAnswer? Known(MenuOwner owner, MenuQuestion question) =>
        _answers.TryGetValue(KeyOf(owner, question), out var known) && known.Until > time.GetUtcNow() ? known.Answer : null;

    /// <summary>The known answer, or what the connector says now. A failure is an answer as well.</summary>
    public async Task<MenuAnswer> GetAsync(MenuOwner owner, MenuQuestion question, CancellationToken cancellationToken) =>
        Known(owner, question) is { Failure: null } known ? known : await AskAsync(owner, question, cancellationToken).ConfigureAwait(false);

    /// <summary>What a value is called; null when nobody has said it yet.</summary>
    public string? LabelOf(MenuOwner owner, MenuQuestion question, string value)
    {
        var label = Known(owner, question)?.Options.FirstOrDefault(option => option.Value == value)?.Label;
        if (label is null)
        {
            return labels.Find(owner.Key, question.Menu.Source, value);
        }

        labels.Remember(owner.Key, question.Menu.Source, value, label);
        return label;
    }

    private async Task<MenuAnswer> AskAsync(MenuOwner owner, MenuQuestion question, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        MenuAnswer answer;
        try
        {
            var request = new SessionRequest
            {
                Package = owner.Package,
                Account = owner.Account,
                Purpose = $"the menu {question.Menu.Source}",
                Details = question.Details,
                Progress = new RunProgress(new RunLog(null, time)),
            };
            await using var session = await sessions.OpenAsync(request, stop.Token).ConfigureAwait(false);
            answer = new(await session.GetMenuAsync(new MenuRequest(question.Menu.Source, question.Search), stop.Token).ConfigureAwait(false));
        }
        catch (Exception exception) when (exception is ConnectorException or PackageLoadException or PlatformException)
        {
            answer = new([], exception.Message) { Cause = exception };
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            var late = new ConnectorException(FailureKind.Source, $"The connector did not answer within {Patience.TotalSeconds:0} seconds.");
            answer = new([], late.Message) { Cause = late };
        }

        Keep(owner, question, answer);
        return answer;
    }

    private static string KeyOf(MenuOwner owner, MenuQuestion question) => $"{owner.Key}/{owner.Package.Manifest.Version} {question.Key}";

    private void Keep(MenuOwner owner, MenuQuestion question, MenuAnswer answer)
    {
        var now = time.GetUtcNow();
        var asked = question.Menu.CacheSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : UsuallyKeptFor;
        var keptFor = answer.Failure is not null ? FailureKeptFor : asked < LeastKeptFor ? LeastKeptFor : asked;
        if (_answers.Count >= MostAnswers)
        {
            foreach (var old in _answers.OrderBy(entry => entry.Value.Until).Take(MostAnswers / 2))
            {
                _answers.TryRemove(old.Key, out _);
            }
        }

        _answers[KeyOf(owner, question)] = (answer, now + keptFor);
    }
}
