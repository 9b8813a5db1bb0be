using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;

namespace ConnectorPlatform.Host.Runs.Sessions;

/// <summary>Notices a run that comes back to a checkpoint which it had left behind: resumed there, it would go in circles for ever.</summary>
internal sealed class CheckpointWatch
{
    // Circles are short; a run of millions of pages must not be remembered whole.
    private const int Remembered = 10_000;

    private const int LongestShown = 200;

    private readonly HashSet<UInt128> _passed = [];
    private readonly Queue<UInt128> _order = new();
    private UInt128? _current;

    /// <param name="start">The state that the run continues from.</param>
    public CheckpointWatch(JsonElement? start)
    {
        if (start is { } checkpoint)
        {
            Pass(checkpoint);
        }
    }

    /// <exception cref="ConnectorException">The checkpoint was passed before.</exception>
    public void Pass(JsonElement checkpoint)
    {
        var hash = MemoryMarshal.Read<UInt128>(SHA256.HashData(JsonMarshal.GetRawUtf8Value(checkpoint)));
        if (hash == _current)
        {
            return;
        }

        if (!_passed.Add(hash))
        {
            throw new ConnectorException(
                FailureKind.Connector,
                $"The connector's checkpoint went backwards: {checkpoint.GetRawText().Shortened(LongestShown)} was passed before. A run that continued there would read the same again for ever.");
        }

        _current = hash;
        _order.Enqueue(hash);
        if (_order.Count > Remembered)
        {
            _passed.Remove(_order.Dequeue());
        }
    }
}
