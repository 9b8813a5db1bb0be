using System.Collections.Concurrent;
using System.Globalization;
using ConnectorPlatform.Host.Forms;
using ConnectorPlatform.Host.Runs.Menus;

namespace ConnectorPlatform.Host.Web.Forms;

/// <summary>Live menus of no connector, for the gallery: whatever a form asks for, with one that is empty, one that fails, and one that depends on another.</summary>
internal sealed class GalleryMenus : IFormMenus
{
    private const int MostLoaded = 1000;

    private readonly ConcurrentDictionary<string, MenuAnswer> _loaded = new();

    public MenuAnswer? Known(MenuQuestion question) => _loaded.GetValueOrDefault(question.Key);

    public Task<MenuAnswer> GetAsync(MenuQuestion question, CancellationToken cancellationToken)
    {
        if (_loaded.Count > MostLoaded)
        {
            _loaded.Clear();
        }

        return Task.FromResult(_loaded[question.Key] = Load(question));
    }

    public string? LabelOf(MenuQuestion question, string value) => Load(question with { Search = null }).Options.FirstOrDefault(option => option.Value == value)?.Label;

    private static MenuAnswer Load(MenuQuestion question) => question.Menu.Source switch
    {
        "nothing" => new([]),
        "broken" => new([], "The source answers with 503 (Service Unavailable); this one always does."),
        "countries" => new([new("de", "Germany"), new("fr", "France"), new("us", "United States")]),
        "cities" => new([.. CitiesOf(question).Select(city => new MenuOption(city.ToLowerInvariant(), city))]),
        var source => new([.. Many(source).Where(option => option.Label.Contains(question.Search ?? "", StringComparison.OrdinalIgnoreCase))]),
    };

    private static string[] CitiesOf(MenuQuestion question) => question.Details.Text("country") switch
    {
        "de" => ["Berlin", "Hamburg"],
        "fr" => ["Lyon", "Paris"],
        "us" => ["Boston", "Chicago"],
        _ => [],
    };

    private static IEnumerable<MenuOption> Many(string source) => Enumerable.Range(1, source == "campaigns" ? 200 : 6)
        .Select(number => new MenuOption($"{source}-{number}", string.Create(CultureInfo.InvariantCulture, $"{source} {number}"), number == 1 ? "The first one." : null));
}
