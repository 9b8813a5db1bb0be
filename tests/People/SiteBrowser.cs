using System.Net;
using System.Text.RegularExpressions;

namespace ConnectorPlatform.Tests.People;

/// <summary>A browser without scripts, with cookies of its own, that follows no redirects.</summary>
internal sealed partial class SiteBrowser : IDisposable
{
    private readonly Uri _address;

    public SiteBrowser(Uri address)
    {
        _address = address;
        Http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = Cookies }) { BaseAddress = address };
    }

    public HttpClient Http { get; }

    public CookieContainer Cookies { get; } = new();

    /// <summary>The session's key; null when there is none.</summary>
    public string? Key => Cookies.GetCookies(_address)["session"]?.Value;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Set(string key) => Set("session", key);

    public void Set(string cookie, string value) => Cookies.Add(_address, new Cookie(cookie, value));

    public async Task<HttpStatusCode> StatusAsync(string path)
    {
        using var response = await Http.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, Cancellation);
        return response.StatusCode;
    }

    public async Task<string> GetAsync(string path)
    {
        using var response = await Http.GetAsync(path, Cancellation);
        var text = await response.Content.ReadAsStringAsync(Cancellation);
        Assert.True(response.StatusCode == HttpStatusCode.OK, $"GET {path}: {(int)response.StatusCode} {response.Headers.Location}\n{text}");
        return text;
    }

    /// <summary>The antiforgery token of a page.</summary>
    public async Task<string> TokenAsync(string page) => TokenField().Match(await GetAsync(page)).Groups[1].Value;

    /// <summary>Sends a form as it stands on a page.</summary>
    public async Task<HttpResponseMessage> PostAsync(string page, string path, params (string Name, string Value)[] fields) =>
        await PostBareAsync(path, [.. fields, ("form-token", await TokenAsync(page))]);

    public Task<HttpResponseMessage> PostBareAsync(string path, params (string Name, string Value)[] fields) => Http.PostAsync(
        path, new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value))), Cancellation);

    public void Dispose() => Http.Dispose();

    [GeneratedRegex("name=\"form-token\" value=\"([^\"]+)\"")]
    private static partial Regex TokenField();
}
