using System.Net;
using ConnectorPlatform.Host.People;
using ConnectorPlatform.Host.People.Storage;
using ConnectorPlatform.Host.Web;
using ConnectorPlatform.Tests.Web;
using Microsoft.AspNetCore.Builder;

namespace ConnectorPlatform.Tests.People;

/// <summary>A server whose callers sign in.</summary>
internal sealed class PeopleSite : IAsyncDisposable
{
    public const string Password = "correct horse battery staple";

    private readonly List<SiteBrowser> _browsers = [];

    private PeopleSite(SiteClient site) => Site = site;

    public SiteClient Site { get; }

    public static Task<PeopleSite> StartAsync(params KeyValuePair<string, string?>[] settings) => StartAsync(_ => { }, settings);

    /// <param name="map">Adds further endpoints.</param>
    /// <param name="settings">Settings of the server.</param>
    public static async Task<PeopleSite> StartAsync(Action<WebApplication> map, params KeyValuePair<string, string?>[] settings) =>
        new(await SiteClient.StartAsync((folder, address) => Server.Build(folder.File("data"), address, Pages.Map + map, [new("Web:SignIn", "Required"), .. settings])));

    public T Part<T>()
        where T : notnull => Site.Part<T>();

    public Person Add(string name, Role role)
    {
        var person = Part<PersonStore>().Add(name, role);
        Part<Passwords>().Set(person, Password);
        return person;
    }

    /// <summary>A browser in which nobody is signed in.</summary>
    public SiteBrowser Open()
    {
        var browser = new SiteBrowser(new Uri(Site.Address));
        _browsers.Add(browser);
        return browser;
    }

    public async Task<SiteBrowser> SignInAsync(string name)
    {
        var browser = Open();
        using var answer = await browser.PostAsync("/sign-in", "/sign-in", ("name", name), ("password", Password));
        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        return browser;
    }

    public async ValueTask DisposeAsync()
    {
        _browsers.ForEach(browser => browser.Dispose());
        await Site.DisposeAsync();
    }
}
