using System.Net;
using ConnectorPlatform.Host;
using ConnectorPlatform.Host.Http;
using Microsoft.AspNetCore.Http;

namespace ConnectorPlatform.Tests.Http;

/// <summary>Where the client's connections may go once a name has become an address. No test asks a real name server.</summary>
public sealed class AddressTests
{
    private static readonly IPAddress Metadata = IPAddress.Parse("169.254.169.254");

    /// <summary>Ways to write an address that runs may not reach, as they stand in a URL.</summary>
    public static TheoryData<string> Forms =>
    [
        "localhost", "localhost.", "127.0.0.1.nip.example", "printer", "127.0.0.1", "127.0.0.1.", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.1",
        "0177.0.0.1", "0177.1", "017700000001", "0x7F.0x0.0x0.0x1", "127.255.255.254", "①②⑦.⓪.⓪.①", "127。0。0。1", "0", "0.0.0.0", "0.1.2.3",
        "10.0.0.1", "10.255.255.255", "167772161", "012.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.0.1", "0xc0a80001", "192.168.257", "100.64.0.1", "100.127.255.255",
        "169.254.169.254", "2852039166", "0xa9fea9fe", "0251.0376.0251.0376", "169.254.43518", "169.254.1.1", "169.254.170.2", "168.63.129.16", "100.100.100.200", "192.0.0.192",
        "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255", "192.0.2.1", "198.51.100.1", "203.0.113.1", "198.18.0.1", "192.88.99.1",
        "[::1]", "[::]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::ffff:10.0.0.1]", "[::ffff:169.254.169.254]", "[::127.0.0.1]", "[::a00:1]", "[::ffff:0:127.0.0.1]",
        "[fe80::1]", "[febf::1]", "[fec0::1]", "[fc00::1]", "[fd00::1]", "[fd00:ec2::254]", "[fd20:ce::254]", "[ff02::1]", "[2001:db8::1]", "[3fff::1]",
        "[64:ff9b::127.0.0.1]", "[64:ff9b::a9fe:a9fe]", "[64:ff9b:1::1]", "[2002:7f00:1::]", "[2002:a00:1::1]", "[2002:a9fe:a9fe::]",
        "[2001:0:7f00:1::1]", "[2001:0:808:808:8000:63bf:80ff:fffe]", "[2606:4700:0:0:0:5efe:7f00:1]", "[2606:4700:0:0:200:5efe:a00:1]", "[100::1]", "[4000::1]",
    ];

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task An_address_inside_is_refused_however_it_is_written(string form)
    {
        await using var bench = await ClientBench.StartAsync(_ => Task.CompletedTask, resolve: Answering(IPAddress.Loopback));
        var port = bench.Source.Address.Port;
        var policy = bench.Policy with { BaseAddress = new Uri($"http://{form}:{port}/"), OpenAddresses = [] };

        var failure = await Assert.ThrowsAsync<ConnectorException>(() => Within(bench.Open(policy).GetAsync("steal?key=abc", ClientBench.Cancellation)));

        Assert.Equal(FailureKind.Connector, failure.Kind);
        Assert.Contains("was refused", failure.Message, StringComparison.Ordinal);
        Assert.Contains(OpenAddress.Setting, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("abc", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(ClientBench.Token, failure.ToString(), StringComparison.Ordinal);
        Assert.Empty(bench.Source.Requests);
        Assert.Equal(0, bench.Usage.Snapshot().Retries);
    }

    [Theory]
    [InlineData("1.1.1.1")]
    [InlineData("9.255.255.255")]
    [InlineData("11.0.0.0")]
    [InlineData("100.63.255.255")]
    [InlineData("100.128.0.0")]
    [InlineData("126.255.255.255")]
    [InlineData("128.0.0.0")]
    [InlineData("169.253.255.255")]
    [InlineData("169.255.0.0")]
    [InlineData("172.15.255.255")]
    [InlineData("172.32.0.0")]
    [InlineData("192.167.255.255")]
    [InlineData("192.169.0.0")]
    [InlineData("223.255.255.255")]
    [InlineData("::ffff:1.1.1.1")]
    [InlineData("2606:4700:4700::1111")]
    [InlineData("64:ff9b::808:808")]
    [InlineData("2002:808:808::1")]
    public void The_addresses_beside_them_are_public(string address) => Assert.Equal(AddressKind.Public, AddressKinds.KindOf(IPAddress.Parse(address)));

    [Fact]
    public async Task A_name_that_changes_its_address_after_the_check_gains_nothing()
    {
        var asked = 0;

        // The source listens on 127.0.0.1 alone; 127.0.0.5 stands for a public address, at which nobody answers.
        await using var bench = await ClientBench.StartAsync(
            _ => Task.CompletedTask, resolve: (_, _) => Task.FromResult(new[] { IPAddress.Parse(asked++ == 0 ? "127.0.0.5" : "127.0.0.1") }));
        var policy = At(bench, "rebinding.example") with { OpenAddresses = [OpenAddress.Parse("127.0.0.5")] };

        var failure = await Assert.ThrowsAsync<ConnectorException>(() => bench.Clock.RunAsync(bench.Open(policy).GetAsync("things", ClientBench.Cancellation)));

        Assert.Contains("127.0.0.1", failure.Message, StringComparison.Ordinal);
        Assert.Equal(2, asked);
        Assert.Empty(bench.Source.Requests);
    }

    [Fact]
    public async Task Of_several_addresses_only_those_that_may_be_reached_are_tried()
    {
        await using var bench = await ClientBench.StartAsync(_ => Task.CompletedTask, resolve: Answering(IPAddress.Parse("10.9.8.7"), IPAddress.Loopback));
        var policy = At(bench, "split.example") with { OpenAddresses = [OpenAddress.Parse("127.0.0.1")] };

        var response = await bench.Open(policy).GetAsync("things", ClientBench.Cancellation);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task A_redirect_to_an_address_inside_carries_no_token_there_though_the_manifest_declares_it()
    {
        await using var inside = await LoopbackSource.StartAsync(_ => Task.CompletedTask);
        await using var bench = await ClientBench.StartAsync(context =>
        {
            context.Response.StatusCode = StatusCodes.Status302Found;
            context.Response.Headers.Location = new Uri(inside.Address, "steal").AbsoluteUri;
            return Task.CompletedTask;
        });
        var policy = bench.Policy with { AllowedHosts = [inside.Address.Authority], OpenAddresses = [OpenAddress.Of(bench.Source.Address)] };

        var failure = await Assert.ThrowsAsync<ConnectorException>(() => bench.Open(policy).GetAsync("things", ClientBench.Cancellation));

        Assert.Contains($"\"{inside.Address.Authority}\"", failure.Message, StringComparison.Ordinal);
        Assert.Single(bench.Source.Requests);
        Assert.Empty(inside.Requests);
    }

    [Fact]
    public async Task A_connection_that_one_connector_may_have_serves_no_other()
    {
        await using var bench = await ClientBench.StartAsync();
        await bench.GetAsync();

        await Assert.ThrowsAsync<ConnectorException>(() => bench.Open(bench.Policy with { OpenAddresses = [] }).GetAsync("things", ClientBench.Cancellation));

        Assert.Single(bench.Source.Requests);
    }

    [Fact]
    public async Task A_name_that_is_opened_reaches_the_operators_networks_but_not_the_metadata()
    {
        var answer = IPAddress.Loopback;
        await using var bench = await ClientBench.StartAsync(_ => Task.CompletedTask, resolve: (_, _) => Task.FromResult(new[] { answer }));
        var open = At(bench, "intranet.example") with { OpenAddresses = [OpenAddress.Parse($"Intranet.example:{bench.Source.Address.Port}")] };

        await bench.Open(open).GetAsync("things", ClientBench.Cancellation);
        answer = Metadata;
        var client = bench.Open(open with { OpenAddresses = [.. open.OpenAddresses, OpenAddress.Parse("10.0.0.0/8")] });
        var failure = await Assert.ThrowsAsync<ConnectorException>(() => Within(client.GetAsync("things", ClientBench.Cancellation)));

        Assert.Single(bench.Source.Requests);
        Assert.Contains("the address of a cloud's metadata", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("127.0.0.1:{0}", true)]
    [InlineData("127.0.0.0/8", true)]
    [InlineData("127.0.0.0/8:{0}", true)]
    [InlineData("localhost", false)]
    [InlineData("127.0.0.1:1", false)]
    [InlineData("127.0.0.2", false)]
    [InlineData("::1", false)]
    public async Task An_entry_opens_what_it_says_and_no_more(string entry, bool opens)
    {
        await using var bench = await ClientBench.StartAsync();
        var policy = bench.Policy with { OpenAddresses = [OpenAddress.Parse(entry.Replace("{0}", $"{bench.Source.Address.Port}", StringComparison.Ordinal))] };

        var refused = await Record.ExceptionAsync(() => bench.Open(policy).GetAsync("things", ClientBench.Cancellation));

        Assert.Equal(opens, refused is null);
    }

    [Theory]
    [InlineData("intranet", "intranet")]
    [InlineData(" Intranet.Example:8443 ", "intranet.example:8443")]
    [InlineData("10.0.0.0/8", "10.0.0.0/8")]
    [InlineData("fd12::/16", "fd12::/16")]
    [InlineData("fd12::1", "fd12::1")]
    [InlineData("[fd12::1]:443", "[fd12::1]:443")]
    public void Entries_are_names_addresses_and_networks(string entry, string told) => Assert.Equal(told, OpenAddress.Parse(entry).ToString());

    [Theory]
    [InlineData("")]
    [InlineData("10")]
    [InlineData("10.0.0")]
    [InlineData("10.0.0.0/33")]
    [InlineData("intranet:0")]
    [InlineData("intranet:65536")]
    [InlineData("http://intranet/")]
    [InlineData("*.example")]
    [InlineData("[fd12::1]x")]
    public void Another_entry_is_refused_and_told(string entry)
    {
        var refusal = Assert.Throws<PlatformException>(() => OpenAddress.Parse(entry));

        Assert.Equal(PlatformFault.Input, refusal.Fault);
        Assert.Contains($"Egress:Allow has the entry \"{entry}\"", refusal.Message, StringComparison.Ordinal);
    }

    // Whatever is let through by mistake may never answer.
    private static Task<HttpResponseMessage> Within(Task<HttpResponseMessage> request) => request.WaitAsync(TimeSpan.FromSeconds(20), ClientBench.Cancellation);

    private static HttpPolicy At(ClientBench bench, string host) => bench.Policy with { BaseAddress = new UriBuilder(bench.Source.Address) { Host = host }.Uri };

    private static ResolveAsync Answering(params IPAddress[] addresses) => (_, _) => Task.FromResult(addresses);
}
