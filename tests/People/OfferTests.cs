using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Metadata;
using ConnectorPlatform.Host.People;
using ConnectorPlatform.Host.People.Storage;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Host.Runs.Sessions;
using ConnectorPlatform.Tests.Support;

namespace ConnectorPlatform.Tests.People;

/// <summary>What the pages offer somebody by links and buttons, he may do.</summary>
public sealed partial class OfferTests : IAsyncLifetime
{
    private static readonly (Regex Path, Permission? Needed)[] Posts =
    [
        .. from line in File.ReadLines(Repository.PathOf("tests", "People", "access.txt"))
           let words = line.Split(' ')
           where words[1] == "POST"
           select (new Regex($"^{Hole().Replace(words[0], "[^/]+")}$"), Enum.TryParse<Permission>(words[2], out var needed) ? needed : (Permission?)null),
    ];

    private PeopleSite _site = null!;

    public async ValueTask InitializeAsync() => _site = await PeopleSite.StartAsync();

    public ValueTask DisposeAsync() => _site.DisposeAsync();

    [Theory]
    [InlineData(nameof(Role.Viewer), false)]
    [InlineData(nameof(Role.Viewer), true)]
    [InlineData(nameof(Role.Editor), true)]
    [InlineData(nameof(Role.Operator), true)]
    public async Task No_page_offers_what_is_refused(string name, bool hasShared)
    {
        var role = Enum.Parse<Role>(name);
        var (owner, person) = (_site.Add("ada", Role.Editor), _site.Add("bob", role));
        if (hasShared)
        {
            Viewer.Current = new Viewer(owner.Id, SeesAll: false);
            var dataSet = _site.Part<DataSetSetup>().AddDataSet("Greetings", _site.Part<ConnectorCatalog>().Find("hello"), AccountChoice.SampleData, JsonElement.Parse("{}"), UpdateMethod.Replace);
            Viewer.Current = null;
            await _site.Part<RunEngine>().RunAsync(dataSet, RunTrigger.Manual, TestContext.Current.CancellationToken);
            _site.Part<ShareStore>().Give(SharedKind.DataSet, dataSet.Id, person.Id, ShareLevel.View);
        }

        var browser = await _site.SignInAsync("bob");
        var (seen, wrong) = (new HashSet<string> { "/" }, new List<string>());
        for (var open = new Queue<string>(seen); open.TryDequeue(out var path);)
        {
            using var answer = await browser.Http.GetAsync(path, TestContext.Current.CancellationToken);
            if (answer.StatusCode is HttpStatusCode.Forbidden or HttpStatusCode.NotFound)
            {
                wrong.Add($"{path}: {(int)answer.StatusCode}");
                continue;
            }

            if (answer.Content.Headers.ContentType?.MediaType != "text/html")
            {
                continue;
            }

            var page = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            wrong.AddRange(from form in Form().Matches(page) where IsRefused(role, form.Groups[1].Value) select $"{path}: form {form.Groups[1].Value}");
            foreach (var link in Link().Matches(page).Select(link => link.Groups[1].Value).Where(seen.Add))
            {
                open.Enqueue(link);
            }
        }

        Assert.True(seen.Count > 8, string.Join(" ", seen));
        Assert.Empty(wrong);
    }

    // What is shared to be looked at is asked, and never changed.
    private static bool IsRefused(Role role, string action) =>
        !Posts.Any(post => post.Path.IsMatch(action) && (post.Needed is not { } needed || role.Permissions().Contains(needed)))
        || (action.StartsWith("/datasets/", StringComparison.Ordinal) && !action.EndsWith("/sql", StringComparison.Ordinal) && !action.EndsWith("/sql/export", StringComparison.Ordinal));

    [GeneratedRegex("[{][^}]+[}]")]
    private static partial Regex Hole();

    [GeneratedRegex("<form method=\"post\" action=\"([^\"?]+)")]
    private static partial Regex Form();

    // Of a page's orders and filters one look is enough.
    [GeneratedRegex("<a [^>]*href=\"(/[^\"?#]*(?:[?]connector=[a-z]+)?)[\"#]")]
    private static partial Regex Link();
}
