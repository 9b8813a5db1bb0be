using ConnectorPlatform.Host;
using ConnectorPlatform.Host.Notices;
using ConnectorPlatform.Host.Runs;

namespace ConnectorPlatform.Tests.Notices;

/// <summary>Templates of a rule's own.</summary>
public sealed class TemplateTests : IAsyncLifetime
{
    private readonly NoticeBench _bench = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Theory]
    [InlineData("{{ dataset | }}", "line 1")]
    [InlineData("one\ntwo\n{{ datset }}", "line 3, column 4: ")]
    [InlineData("one\n{{ for entry in datasets }}\n{{ entry.nam }}\n{{ end }}", "line 3, column 10: ")]
    [InlineData("{{ for number in 1..1000000 }}{{ end }}", "line 1")]
    [InlineData("{{ string.pad_left 'x' 1000000 }}", "line 1")]
    [InlineData("{{ func again; again; end; again }}", "line 1")]
    [InlineData("{{ include 'secrets' }}", "line 1")]
    [InlineData("{{ string.upcase = 1 }}", "line 1")]
    public void A_wrong_template_is_told_when_it_is_saved_with_its_line(string template, string place)
    {
        foreach (var draft in new[] { _bench.Draft(NoticeChannel.Webhook) with { Subject = template }, _bench.Draft(NoticeChannel.Email) with { Body = template } })
        {
            var refused = Assert.Throws<PlatformException>(() => _bench.Add(draft));

            Assert.Equal(PlatformFault.Input, refused.Fault);
            Assert.Contains($"The {(draft.Subject is null ? "body" : "subject")} template, {place}", refused.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_rule_says_it_in_its_own_words()
    {
        _bench.Add(_bench.Draft(NoticeChannel.Webhook) with
        {
            Subject = "[{{ event }}] {{ dataset }}",
            Body = "{{ for entry in datasets }}{{ entry.name }}: {{ entry.message }} ({{ entry.who_acts }}){{ end }} {{ key }}",
        });
        var dataSet = _bench.AddDataSet(name: "Sales & more");
        _bench.Run(dataSet, RunFailureKind.Details, "No such report.");
        await _bench.DeliverAsync();

        var body = _bench.Bodies.Single();
        Assert.Equal("[failure] Sales & more", body.GetProperty("subject").GetString());
        Assert.Equal(
            $"Sales & more: No such report. (Whoever edits the DataSet must change its details.) {_bench.Log.Single().Id}",
            body.GetProperty("text").GetString());
    }

    [Fact]
    public async Task Values_in_the_HTML_of_a_rule_are_escaped_and_its_own_markup_is_not()
    {
        _bench.Add(_bench.Draft(NoticeChannel.Email) with { Body = "<p>{{ dataset | html.escape }}</p>{{ '<i>' }}" });
        _bench.Run(_bench.AddDataSet(name: "<img src=x onerror=alert(1)>"), RunFailureKind.Source);
        await _bench.DeliverAsync();

        Assert.Equal("<p>&lt;img src=x onerror=alert(1)&gt;</p>&lt;i&gt;", _bench.Mail.Mails.Single().Message.HtmlBody!.Trim());
    }

    [Fact]
    public async Task A_template_that_fails_only_on_real_values_gives_way_to_the_built_in_text_and_the_log_says_so()
    {
        _bench.Add(_bench.Draft(NoticeChannel.Webhook) with { Body = "{{ if dataset != 'example' }}{{ missing }}{{ end }}" });
        var dataSet = _bench.AddDataSet();
        _bench.Run(dataSet, RunFailureKind.Source);
        await _bench.DeliverAsync();

        Assert.StartsWith($"DataSet \"{dataSet.Name}\" failed.", _bench.Bodies.Single().GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.Contains("The rule's own template failed, line 1", _bench.Log.Single().Answer, StringComparison.Ordinal);
    }
}
