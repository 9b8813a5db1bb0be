using System.Net;
using System.Text.RegularExpressions;
using ConnectorPlatform.Host;
using ConnectorPlatform.Host.Web;
using ConnectorPlatform.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace ConnectorPlatform.Tests.Web;

/// <summary>A real server with a data folder of its own, and a browser without scripts: it keeps cookies and follows redirects when told.</summary>
internal sealed partial class SiteClient : IAsyncDisposable
{
    private const int MostStarts = 5;

    private readonly TemporaryFolder _folder = new();
    private readonly WebApplication _server;

    private SiteClient(Func<TemporaryFolder, string, WebApplication> build)
    {
        Address = Server.FreeAddress();
        _server = build(_folder, Address);

        // Who expects a "continue" waits for it on a busy machine, too, instead of sending into a connection that is refused.
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer(), Expect100ContinueTimeout = TimeSpan.FromMinutes(1) };
        Http = new HttpClient(handler) { BaseAddress = new Uri(Address) };
    }

    public string Address { get; }

    public IServiceProvider Services => _server.Services;

    public HttpClient Http { get; }

    public string DataFolder => _folder.File("data");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static Task<SiteClient> StartAsync() => StartAsync((folder, address) => Server.Build(folder.File("data"), address));

    public static async Task<SiteClient> StartAsync(Func<TemporaryFolder, string, WebApplication> build)
    {
        for (var start = 1; ; start++)
        {
            var client = new SiteClient(build);
            try
            {
                await client._server.StartPlatformAsync(Cancellation);
                return client;
            }
            catch (PlatformException taken) when (taken.InnerException is IOException && start < MostStarts)
            {
                // Another socket of this machine has taken the port since it was free.
                await client.DisposeAsync();
            }
        }
    }

    public T Part<T>()
        where T : notnull => Services.GetRequiredService<T>();

    /// <summary>The page's text.</summary>
    public async Task<string> GetAsync(string path, HttpStatusCode expected = HttpStatusCode.OK)
    {
        using var response = await Http.GetAsync(path, Cancellation);
        var text = await response.Content.ReadAsStringAsync(Cancellation);
        Assert.True(response.StatusCode == expected, $"GET {path}: {(int)response.StatusCode}\n{text}");
        return text;
    }

    /// <summary>Sends a form as a browser does, with the token of a page of this server.</summary>
    public async Task<HttpResponseMessage> PostFormAsync(string path, params (string Name, string Value)[] fields)
    {
        var token = TokenField().Match(await GetAsync("/")).Groups[1].Value;
        return await PostWithoutTokenAsync(path, [.. fields, ("form-token", token)]);
    }

    public Task<HttpResponseMessage> PostWithoutTokenAsync(string path, params (string Name, string Value)[] fields) => Http.PostAsync(
        path, new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value))), Cancellation);

    /// <summary>Sends a form that must succeed, and shows the page that it leads to.</summary>
    /// <returns>Where it led, and that page's text.</returns>
    public async Task<(string Path, string Text)> SubmitAsync(string path, params (string Name, string Value)[] fields)
    {
        using var response = await PostFormAsync(path, fields);
        Assert.True(
            response.StatusCode == HttpStatusCode.SeeOther,
            $"POST {path}: {(int)response.StatusCode}\n{await response.Content.ReadAsStringAsync(Cancellation)}");
        var next = response.Headers.Location!.OriginalString;
        return (next, await GetAsync(next));
    }

    /// <summary>Sends a form that must be refused with 400, and gives the page that says why.</summary>
    public async Task<string> SubmitWronglyAsync(string path, params (string Name, string Value)[] fields)
    {
        using var response = await PostFormAsync(path, fields);
        var text = await response.Content.ReadAsStringAsync(Cancellation);
        Assert.True(response.StatusCode == HttpStatusCode.BadRequest, $"POST {path}: {(int)response.StatusCode}\n{text}");
        return text;
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _server.StopPlatformAsync();
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [GeneratedRegex("name=\"form-token\" value=\"([^\"]+)\"")]
    private static partial Regex TokenField();
}
