using System.Net.ServerSentEvents;
using System.Threading.Channels;
using ConnectorPlatform.Host.People;
using ConnectorPlatform.Host.People.Storage;
using ConnectorPlatform.Host.Web.Runs;
using ConnectorPlatform.Tests.Support;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace ConnectorPlatform.Tests.People;

/// <summary>Pages that stay open and are sent what happens.</summary>
public sealed class EventStreamTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 8, 0, 0, TimeSpan.Zero));
    private readonly TestPlatform _platform;
    private readonly Channel<SseItem<string>> _events = Channel.CreateUnbounded<SseItem<string>>();
    private readonly Person _person;
    private readonly IAsyncEnumerator<SseItem<string>> _sent;

    public EventStreamTests()
    {
        _platform = new TestPlatform { Time = _time };
        _person = _platform.Part<PersonStore>().Add("vera", Role.Viewer);
        Sessions.Open(_person.Id, "10.0.0.1", "a browser");
        var stream = new EventStream(new GoingOn(), Sessions, _time);
        _sent = stream.WhileOpenAsync(Assert.Single(Sessions.ListOf(_person.Id)).Id, _events.Reader.ReadAllAsync, TestPlatform.Cancellation).GetAsyncEnumerator(TestPlatform.Cancellation);
    }

    private SessionStore Sessions => _platform.Part<SessionStore>();

    public async ValueTask DisposeAsync()
    {
        await _sent.DisposeAsync();
        await _platform.DisposeAsync();
    }

    [Fact]
    public async Task Nothing_is_sent_any_more_to_who_was_signed_out()
    {
        _events.Writer.TryWrite(new("seen"));
        Assert.True(await _sent.MoveNextAsync());
        Assert.Equal("seen", _sent.Current.Data);
        Sessions.EndAll(_person.Id);
        _events.Writer.TryWrite(new("not for her"));

        await HasEndedAsync(_sent.MoveNextAsync().AsTask());
    }

    [Fact]
    public async Task A_page_on_which_nothing_happens_is_closed_within_a_minute_of_its_sessions_end()
    {
        var next = _sent.MoveNextAsync().AsTask();
        Sessions.EndAll(_person.Id);
        _time.Advance(TimeSpan.FromMinutes(1));

        await HasEndedAsync(next);
    }

    [Fact]
    public async Task An_open_page_does_not_keep_its_session_from_ending()
    {
        _events.Writer.TryWrite(new("seen"));
        Assert.True(await _sent.MoveNextAsync());
        _time.Advance(_platform.Part<SignInOptions>().IdleAfter + TimeSpan.FromSeconds(1));

        await HasEndedAsync(_sent.MoveNextAsync().AsTask());
    }

    private async Task HasEndedAsync(Task<bool> next)
    {
        Assert.True(await next.WaitAsync(TestPlatform.Cancellation));
        Assert.Equal((EventStream.End, ""), (_sent.Current.EventType, _sent.Current.Data));
        Assert.False(await _sent.MoveNextAsync());
    }

    /// <summary>A server that does not stop.</summary>
    private sealed class GoingOn : IHostApplicationLifetime
    {
        public CancellationToken ApplicationStarted => CancellationToken.None;

        public CancellationToken ApplicationStopping => CancellationToken.None;

        public CancellationToken ApplicationStopped => CancellationToken.None;

        public void StopApplication()
        {
        }
    }
}
