using ConnectorPlatform.Host;
using ConnectorPlatform.Host.Http;
using Microsoft.AspNetCore.Http;

namespace ConnectorPlatform.Tests.Author;

/// <summary>Sample data that is recorded from a source.</summary>
public sealed class RecordTests
{
    [Fact]
    public async Task A_recording_replays_the_rows_that_were_read_live_page_by_page()
    {
        await using var bench = await RecordBench.StartAsync();

        var result = await bench.RecordAsync("Greetings");

        Assert.True(result.ReplayIsEqual);
        Assert.Equal((5, 3), (result.Rows, result.Exchanges));
        var tape = SampleTape.Load(bench.Samples);
        tape.Check();
        Assert.Equal("Greetings", Assert.Single(tape.Examples).Name);
        Assert.NotNull(tape.Find("GET", "greetings", new Dictionary<string, string> { ["after"] = "4", ["limit"] = "100" }, null));
        Assert.Equal("sample-access-token", tape.Credentials.GetProperty("access_token").GetString());
    }

    [Fact]
    public async Task No_part_of_a_token_or_cookie_is_written_wherever_the_source_repeats_it()
    {
        await using var bench = await RecordBench.StartAsync();
        string[] ways =
        [
            RecordBench.Token,
            Uri.EscapeDataString(RecordBench.Token),
            Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(RecordBench.Token)),
            $"sid={RecordBench.Cookie}",
            RecordBench.Token.ToUpperInvariant(),
        ];
        bench.Source.Say = id => $"You are {ways[id - 1]}.";

        var result = await bench.RecordAsync("Greetings");

        var written = bench.Written();
        Assert.Contains("You are sample-access-token.", written, StringComparison.Ordinal);
        Assert.DoesNotContain("Set-Cookie", written, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("Authorization", written, StringComparison.OrdinalIgnoreCase);
        AssertNoPart(written, RecordBench.Token);
        AssertNoPart(written, RecordBench.Cookie);
        Assert.Empty(Laws.Canary.FindIn(written, RecordBench.Token));
        Assert.Contains("5 values of rows differ", Assert.Single(result.Notes), StringComparison.Ordinal);
        Assert.True(result.ReplayIsEqual);
    }

    [Theory]
    [InlineData(0, 8)]
    [InlineData(11, 9)]
    [InlineData(23, 8)]
    public async Task Nothing_is_written_when_a_part_of_the_token_would_remain(int start, int length)
    {
        await using var bench = await RecordBench.StartAsync();
        bench.Source.Say = id => $"token {RecordBench.Token.Substring(start, length)}";

        var refusal = await Assert.ThrowsAsync<PlatformException>(() => bench.RecordAsync("Greetings"));

        Assert.Contains("recorded-greetings.json#/0/reply/body/greetings/0/text", refusal.Message, StringComparison.Ordinal);
        AssertNoPart(refusal.Message, RecordBench.Token);
        Assert.Empty(bench.Written());
        Assert.NotEmpty((await bench.RecordAsync("Greetings", redact: "text")).Files);
        AssertNoPart(bench.Written(), RecordBench.Token);
    }

    [Fact]
    public async Task Seven_characters_of_a_token_may_stand_by_chance()
    {
        await using var bench = await RecordBench.StartAsync();
        bench.Source.Say = id => RecordBench.Token[..7];

        Assert.NotEmpty((await bench.RecordAsync("Greetings")).Files);
    }

    [Fact]
    public async Task A_second_example_is_added_beside_the_first_and_a_namesake_only_replaces()
    {
        await using var bench = await RecordBench.StartAsync();
        await bench.RecordAsync("First");
        const string Now = "2020-01-01T00:00:00Z";
        var index = Path.Combine(bench.Samples, "samples.json");
        var edited = File.ReadAllText(index).Replace(bench.Read("samples.json").GetProperty("now").GetString()!, Now, StringComparison.Ordinal);
        await File.WriteAllTextAsync(index, edited, TestContext.Current.CancellationToken);

        var second = await bench.RecordAsync("Second");
        var refusal = await Assert.ThrowsAsync<PlatformException>(() => bench.RecordAsync("First"));

        Assert.Equal(0, second.Exchanges);
        Assert.Contains("--replace", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(["First", "Second"], SampleTape.Load(bench.Samples).Examples.Select(example => example.Name));
        Assert.Equal(Now, bench.Read("samples.json").GetProperty("now").GetString());

        // The second example lives on the first one's replies: they cannot be exchanged below it.
        bench.Source.Say = id => $"Changed {id}";
        Assert.Contains("with another reply", (await Assert.ThrowsAsync<PlatformException>(() => bench.RecordAsync("Third"))).Message, StringComparison.Ordinal);
        await bench.RecordAsync("First", replace: true);
        Assert.Contains("Changed 5", bench.Written(), StringComparison.Ordinal);
        Assert.DoesNotContain("Hello 5", bench.Written(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reply_that_was_retried_is_recorded_as_it_came_in_the_end()
    {
        await using var bench = await RecordBench.StartAsync();
        var calls = 0;
        bench.Source.Instead = context =>
        {
            context.Response.StatusCode = ++calls == 2 ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK;
            context.Response.Headers.RetryAfter = calls == 2 ? "0" : default;
            return Task.FromResult(calls == 2);
        };

        Assert.Equal(3, (await bench.RecordAsync("Greetings")).Exchanges);
        Assert.Equal(4, calls);
        Assert.DoesNotContain("503", bench.Written(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Redacted_fields_keep_kind_and_length_and_stay_the_same_for_the_same_value()
    {
        await using var bench = await RecordBench.StartAsync();
        bench.Source.Say = id => id % 2 == 0 ? "Anna Żółć, 17" : $"other {id}";

        var result = await bench.RecordAsync("Greetings", redact: ["text", "no_such"]);

        var texts = new[] { 0, 1, 2 }.SelectMany(page => bench.Read("recorded-greetings.json")[page].GetProperty("reply").GetProperty("body").GetProperty("greetings").EnumerateArray())
            .Select(greeting => greeting.GetProperty("text").GetString()!).ToList();
        Assert.Equal(texts[1], texts[3]);
        Assert.Matches("^[A-Z][a-z]{3} [A-Z][a-z]{3}, [0-9]{2}$", texts[1]);
        Assert.NotEqual("Anna Żółć, 17", texts[1]);
        Assert.True(result.ReplayIsEqual);
        Assert.Contains("No reply has a field \"no_such\" to redact.", result.Notes);
        Assert.DoesNotContain("Anna", bench.Written(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Redacted_numbers_are_followed_into_the_requests_that_carry_them()
    {
        await using var bench = await RecordBench.StartAsync();
        bench.Source.First = 700_001;

        var result = await bench.RecordAsync("Greetings", redact: "id");

        Assert.Equal((5, 3), (result.Rows, result.Exchanges));
        Assert.DoesNotContain("70000", bench.Written(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_that_fails_writes_nothing_and_tells_why()
    {
        await using var bench = await RecordBench.StartAsync();
        bench.Source.Instead = context =>
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return Task.FromResult(true);
        };

        var result = await bench.RecordAsync("Greetings");

        Assert.Equal(Host.Runs.RunFailureKind.Credentials, result.Run.Failure?.Kind);
        Assert.Empty(result.Files);
        Assert.Empty(bench.Written());
    }

    private static void AssertNoPart(string text, string secret)
    {
        for (var start = 0; start + 8 <= secret.Length; start++)
        {
            Assert.DoesNotContain(secret.Substring(start, 8), text, StringComparison.OrdinalIgnoreCase);
        }
    }
}
