using ConnectorPlatform.Host.Connectors.Workers;

namespace ConnectorPlatform.Tests.Workers;

public sealed class FramePipeTests
{
    [Fact]
    public void Frames_arrive_as_they_were_sent_and_the_end_between_two_is_no_error()
    {
        using var wire = new MemoryStream();
        using var pipe = new FramePipe(wire, wire);
        var large = new byte[5 << 20];
        large[^1] = 7;
        pipe.Send(FrameKind.Ping);
        pipe.Send(FrameKind.Batch, large);
        pipe.Send(FrameKind.Error, [1, 2, 3]);
        wire.Position = 0;

        Assert.Equal(FrameKind.Ping, pipe.Receive()!.Value.Kind);
        Assert.Equal(large, pipe.Receive()!.Value.Payload.ToArray());
        var last = pipe.Receive()!.Value;
        Assert.Equal(FrameKind.Error, last.Kind);
        Assert.Equal([1, 2, 3], last.Payload.ToArray());
        Assert.Null(pipe.Receive());
    }

    [Theory]
    [InlineData(1, "no frame")]
    [InlineData(4, "no frame")]
    [InlineData(5, "cut short")]
    [InlineData(7, "cut short")]
    public void A_frame_that_is_cut_short_is_an_error(int length, string words)
    {
        using var wire = new MemoryStream();
        using var pipe = new FramePipe(wire, wire);
        pipe.Send(FrameKind.Batch, [1, 2, 3]);
        wire.SetLength(length);
        wire.Position = 0;

        Assert.Contains(words, Assert.Throws<InvalidDataException>(() => pipe.Receive()).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new byte[] { 255, 255, 255, 255, 5 })]
    [InlineData(new byte[] { 1, 0, 0, 4, 5 })]
    public void A_length_that_cannot_be_is_refused_before_anything_is_reserved_for_it(byte[] head)
    {
        using var wire = new MemoryStream(head);
        using var pipe = new FramePipe(wire, wire);

        Assert.Throws<InvalidDataException>(() => pipe.Receive());
    }

    [Fact]
    public void Nothing_larger_than_the_limit_is_sent()
    {
        using var pipe = new FramePipe(Stream.Null, Stream.Null);

        Assert.Throws<InvalidDataException>(() => pipe.Send(FrameKind.Batch, new byte[Frame.LargestPayload + 1]));
    }
}
