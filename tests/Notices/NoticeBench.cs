using System.Text.Json;
using ConnectorPlatform.Host.Accounts;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Notices;
using ConnectorPlatform.Host.Notices.Storage;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Tests.Support;
using Microsoft.Extensions.Time.Testing;
using WireMock.RequestBuilders;
using WireMock.ResponseBuilders;
using WireMock.Server;

namespace ConnectorPlatform.Tests.Notices;

/// <summary>The platform with rules, runs that end as the test says, a mail server, a webhook receiver, and a clock that only the test moves.</summary>
internal sealed class NoticeBench : IAsyncDisposable
{
    public const string SigningKey = "a signing key for tests";

    public static readonly NoticeCause[] Everything =
        [NoticeCause.Failure, NoticeCause.Recovery, NoticeCause.Late, NoticeCause.Hold, NoticeCause.Account];

    public NoticeBench()
    {
        Platform = new TestPlatform { Time = Clock };
        Answer(200);
    }

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 10, 30, 12, 0, 0, TimeSpan.Zero));

    public TestPlatform Platform { get; }

    public SmtpReceiver Mail { get; } = new();

    public WireMockServer Hooks { get; } = WireMockServer.Start();

    public NoticeOutbox Outbox => Platform.Part<NoticeOutbox>();

    public NoticeCourier Courier => Platform.Part<NoticeCourier>();

    public IReadOnlyList<Notice> Log => Outbox.Newest(null, 1000);

    /// <summary>The bodies that the webhook receiver got, oldest first.</summary>
    public IReadOnlyList<JsonElement> Bodies => [.. Hooks.LogEntries.Select(entry => JsonElement.Parse(entry.RequestMessage!.Body!))];

    public IReadOnlyList<string> Subjects => [.. Bodies.Select(body => body.GetProperty("subject").GetString()!)];

    public void Answer(int status, string body = "ok", Func<IResponseBuilder, IResponseBuilder>? more = null)
    {
        Hooks.ResetMappings();
        var reply = Response.Create().WithStatusCode(status).WithBody(body);
        Hooks.Given(Request.Create().UsingAnyMethod()).RespondWith(more is null ? reply : more(reply));
    }

    public NoticeRule Draft(NoticeChannel channel, params NoticeCause[] causes) => new()
    {
        Id = "",
        Name = $"Rule {Guid.NewGuid():N}",
        Causes = causes.Length == 0 ? Everything : causes,
        Channel = channel,
        Target = channel == NoticeChannel.Email
            ? new NoticeTarget { To = ["team@example.com"], From = "platform@example.com", Server = "127.0.0.1", Port = Mail.Port, Encryption = MailEncryption.None }
            : new NoticeTarget(),
        CreatedAt = default,
    };

    public NoticeRule Add(NoticeRule draft, NoticeSecret? secret = null) => Platform.Part<NoticeSetup>().Add(draft, secret ?? draft.Channel switch
    {
        NoticeChannel.Email => new NoticeSecret(),
        NoticeChannel.Webhook => new NoticeSecret(Url: $"{Hooks.Url}/hook", SigningKey: SigningKey),
        _ => new NoticeSecret(Url: $"{Hooks.Url}/services/a-secret-path"),
    });

    public NoticeRule AddWebhook(params NoticeCause[] causes) => Add(Draft(NoticeChannel.Webhook, causes));

    public DataSetConfiguration AddDataSet(Account? account = null, string? name = null)
    {
        if (name is null)
        {
            return Platform.AddDataSet("hello", account: account);
        }

        var dataSet = new DataSetConfiguration
        {
            Id = Guid.CreateVersion7().ToString("N"),
            Name = name,
            Connector = "hello",
            AccountId = account?.Id,
            Details = JsonElement.Parse("{}"),
            UpdateMethod = UpdateMethod.Replace,
            CreatedAt = Clock.GetUtcNow(),
            UpdatedAt = Clock.GetUtcNow(),
        };
        Platform.Part<DataSetConfigurationStore>().Add(dataSet);
        return dataSet;
    }

    public Account AddAccount() => Platform.AddAccount("hello");

    /// <summary>A run of the DataSet that begins now and ends a second later.</summary>
    public RunRecord Run(DataSetConfiguration dataSet, RunFailureKind? failure = null, string message = "It did not work.", RunState? state = null) =>
        End(Begin(dataSet), failure, message, state);

    public RunRecord Begin(DataSetConfiguration dataSet)
    {
        return Platform.Part<RunStore>().Add(new RunRecord
        {
            Id = Guid.CreateVersion7().ToString("N"),
            DataSetId = dataSet.Id,
            Instance = "this",
            Trigger = RunTrigger.Schedule,
            ConnectorVersion = "1.0.0",
            Details = dataSet.Details,
            UpdateMethod = dataSet.UpdateMethod,
            State = RunState.Running,
            Phase = RunPhase.Reading,
            StartedAt = Clock.GetUtcNow(),
        });
    }

    public RunRecord End(RunRecord run, RunFailureKind? failure = null, string message = "It did not work.", RunState? state = null)
    {
        Clock.Advance(TimeSpan.FromSeconds(1));
        var ended = run with
        {
            State = state ?? (failure is null ? RunState.Succeeded : RunState.Failed),
            Phase = RunPhase.Ended,
            EndedAt = Clock.GetUtcNow(),
            Failure = failure is null ? null : new RunFailure(failure.Value, message),
        };
        Platform.Part<RunStore>().Update(ended);
        return ended;
    }

    /// <summary>Looks at the runs that ended, and delivers what is due.</summary>
    public async Task DeliverAsync()
    {
        Platform.Part<RunNotices>().LookAtEndedRuns();
        while (await Courier.DeliverNextAsync(TestPlatform.Cancellation))
        {
        }
    }

    /// <summary>As <see cref="DeliverAsync"/>, when notices of accounts have waited for others.</summary>
    public async Task DeliverGroupsAsync()
    {
        Platform.Part<RunNotices>().LookAtEndedRuns();
        Clock.Advance(Platform.Part<NoticeOptions>().GroupWithin);
        await DeliverAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Platform.DisposeAsync();
        await Mail.DisposeAsync();
        Hooks.Dispose();
    }
}
