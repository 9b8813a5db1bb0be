using System.Net;
using ConnectorPlatform.Host.Http;
using Microsoft.AspNetCore.Http;

namespace ConnectorPlatform.Tests.Http;

public sealed class EgressTests
{
    [Fact]
    public async Task The_token_goes_to_the_base_address_and_to_declared_hosts()
    {
        await using var files = await LoopbackSource.StartAsync(context => context.Response.WriteAsync("file", ClientBench.Cancellation));
        await using var bench = await ClientBench.StartAsync();
        var client = bench.Open(bench.Policy with { AllowedHosts = [files.Address.Authority] });

        await client.GetAsync("things", ClientBench.Cancellation);
        await client.GetAsync(new Uri(files.Address, "export.csv"), ClientBench.Cancellation);

        Assert.Equal($"Bearer {ClientBench.Token}", Assert.Single(bench.Source.Requests).Authorization);
        Assert.Equal($"Bearer {ClientBench.Token}", Assert.Single(files.Requests).Authorization);
    }

    [Fact]
    public async Task An_undeclared_port_is_refused_and_nothing_reaches_it()
    {
        await using var other = await LoopbackSource.StartAsync(_ => Task.CompletedTask);
        await using var bench = await ClientBench.StartAsync();

        var failure = await Assert.ThrowsAsync<ConnectorException>(
            () => bench.Open().GetAsync(new Uri(other.Address, "next?cursor=abc"), ClientBench.Cancellation));

        Assert.Equal(FailureKind.Connector, failure.Kind);
        Assert.Contains($"http://{other.Address.Authority} was refused", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("abc", failure.Message, StringComparison.Ordinal);
        Assert.Empty(other.Requests);
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(303)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task A_redirect_to_another_host_is_refused_and_carries_nothing_there(int status)
    {
        await using var other = await LoopbackSource.StartAsync(_ => Task.CompletedTask);
        await using var bench = await ClientBench.StartAsync(context => Redirect(context, status, new Uri(other.Address, "steal").AbsoluteUri));

        var failure = await Assert.ThrowsAsync<ConnectorException>(() => bench.Open().GetAsync("things", ClientBench.Cancellation));

        Assert.Equal(FailureKind.Connector, failure.Kind);
        Assert.Empty(other.Requests);
    }

    [Theory]
    [InlineData("https://api.example.com/v4/", "", "http://api.example.com/v4/x", false)]
    [InlineData("https://api.example.com/v4/", "", "https://api.example.com/other", true)]
    [InlineData("https://api.example.com/v4/", "", "https://API.example.com:443/x", true)]
    [InlineData("https://api.example.com/v4/", "", "https://api.example.com:8443/x", false)]
    [InlineData("https://api.example.com/v4/", "", "https://api.example.com.evil.example/x", false)]
    [InlineData("https://api.example.com/v4/", "", "https://api.example.com@evil.example/x", false)]
    [InlineData("https://api.example.com/v4/", "files.example.com", "https://files.example.com/x", true)]
    [InlineData("https://api.example.com/v4/", "files.example.com", "https://files.example.com:8443/x", false)]
    [InlineData("https://api.example.com/v4/", "files.example.com:8443", "https://files.example.com:8443/x", true)]
    [InlineData("https://api.example.com/v4/", "files.example.com", "http://files.example.com/x", false)]
    [InlineData("https://api.example.com/v4/", "files.example.com", "ftp://files.example.com/x", false)]
    [InlineData("http://localhost:5000/", "files.example.com", "http://files.example.com/x", true)]
    [InlineData("http://localhost:5000/", "", "http://127.0.0.1:5000/x", false)]
    [InlineData("https://bücher.example/", "", "https://xn--bcher-kva.example/x", true)]
    public async Task Only_declared_origins_pass(string baseAddress, string allowed, string address, bool passes)
    {
        var policy = new HttpPolicy { BaseAddress = new Uri(baseAddress), AllowedHosts = allowed.Length == 0 ? [] : [allowed] };
        using var guard = new EgressGuard(policy) { InnerHandler = new Arrived() };
        using var invoker = new HttpMessageInvoker(guard);
        using var request = new HttpRequestMessage(HttpMethod.Get, address);

        var sending = Record.ExceptionAsync(() => invoker.SendAsync(request, ClientBench.Cancellation));

        Assert.Equal(passes, await sending is null);
    }

    [Theory]
    [InlineData("POST", 301, "GET", "")]
    [InlineData("POST", 302, "GET", "")]
    [InlineData("POST", 303, "GET", "")]
    [InlineData("PUT", 303, "GET", "")]
    [InlineData("PUT", 302, "PUT", "content")]
    [InlineData("POST", 307, "POST", "content")]
    [InlineData("POST", 308, "POST", "content")]
    public async Task A_redirect_within_the_source_is_followed_as_the_standard_says(string method, int status, string then, string body)
    {
        await using var bench = await ClientBench.StartAsync(context =>
            context.Request.Path == "/a/old" ? Redirect(context, status, "../b/new?x=1") : context.Response.WriteAsync("moved", ClientBench.Cancellation));
        using var request = new HttpRequestMessage(new HttpMethod(method), "a/old") { Content = new StringContent("content") };

        var response = await bench.Open().SendAsync(request, ClientBench.Cancellation);

        Assert.Equal("moved", await response.Content.ReadAsStringAsync(ClientBench.Cancellation));
        var last = bench.Source.Requests.Last();
        Assert.Equal((then, "/b/new?x=1", body), (last.Method, last.PathAndQuery, last.Body));
        Assert.Equal($"Bearer {ClientBench.Token}", last.Authorization);
        Assert.Equal(2, bench.Usage.Snapshot().Requests);
    }

    [Fact]
    public async Task Endless_redirects_end_after_five()
    {
        await using var bench = await ClientBench.StartAsync(context => Redirect(context, 302, "/again"));

        var failure = await Assert.ThrowsAsync<ConnectorException>(() => bench.Open().GetAsync("again", ClientBench.Cancellation));

        Assert.Equal(FailureKind.Source, failure.Kind);
        Assert.Equal(6, bench.Source.Requests.Count);
    }

    [Fact]
    public async Task Cookies_of_one_account_are_not_kept_for_another()
    {
        var cookies = new List<string>();
        await using var bench = await ClientBench.StartAsync(context =>
        {
            cookies.Add(context.Request.Headers.Cookie.ToString());
            context.Response.Headers.SetCookie = "session=1; path=/";
            return Task.CompletedTask;
        });

        await bench.Open(account: "a").GetAsync("things", ClientBench.Cancellation);
        await bench.Open(account: "b").GetAsync("things", ClientBench.Cancellation);

        Assert.Equal(["", ""], cookies);
    }

    [Fact]
    public async Task The_machines_proxy_is_not_used()
    {
        await using var bench = await ClientBench.StartAsync();
        var usual = HttpClient.DefaultProxy;
        HttpClient.DefaultProxy = new DeadProxyFor(bench.Source.Address.Port);
        try
        {
            var response = await bench.Open().GetAsync("things", ClientBench.Cancellation);

            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }
        finally
        {
            HttpClient.DefaultProxy = usual;
        }
    }

    [Fact]
    public async Task A_synchronous_request_cannot_pass_the_guard_by()
    {
        await using var bench = await ClientBench.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "things");

        var failure = Assert.Throws<ConnectorException>(() => bench.Open().Send(request, ClientBench.Cancellation));

        Assert.Equal(FailureKind.Connector, failure.Kind);
        Assert.Empty(bench.Source.Requests);
    }

    private static Task Redirect(HttpContext context, int status, string location)
    {
        context.Response.StatusCode = status;
        context.Response.Headers.Location = location;
        return Task.CompletedTask;
    }

    private sealed class Arrived : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage());
    }

    /// <summary>Concerns the one test's server only: others run in the same process.</summary>
    private sealed class DeadProxyFor(int port) : IWebProxy
    {
        public ICredentials? Credentials { get; set; }

        public Uri GetProxy(Uri destination) => new("http://127.0.0.1:1/");

        public bool IsBypassed(Uri host) => host.Port != port;
    }
}
