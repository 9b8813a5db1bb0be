using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.Web.Site;

namespace ConnectorPlatform.Host.Web.Home;

/// <summary>What became of doing the same to several DataSets: what is refused for one keeps none of the others from it.</summary>
internal sealed class BulkOutcome
{
    private const int MostTold = 3;

    private readonly List<string> _refusals = [];
    private int _done;

    public void Do(Action change)
    {
        try
        {
            change();
            _done++;
        }
        catch (PlatformException exception)
        {
            _refusals.Add(exception.Message);
        }
    }

    public async Task DoAsync(Func<Task> change)
    {
        try
        {
            await change().ConfigureAwait(false);
            _done++;
        }
        catch (Exception exception) when (exception is PlatformException or ConnectorNotFoundException)
        {
            _refusals.Add(exception.Message);
        }
    }

    /// <summary>Such as <c>2 runs started. 1 was refused: …</c></summary>
    public string Tell(string noun, string verb)
    {
        var told = $"{Words.Count(_done, noun)} {verb}.";
        return _refusals.Count == 0
            ? told
            : $"{told} {Words.Count(_refusals.Count)} {(_refusals.Count == 1 ? "was" : "were")} refused: {string.Join(" ", _refusals.Take(MostTold))}{(_refusals.Count > MostTold ? " …" : "")}";
    }
}
