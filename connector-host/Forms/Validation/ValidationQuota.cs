using System.Diagnostics.Metrics;

namespace ConnectorPlatform.Host.Forms.Validation;

/// <summary>
/// Counts the validations of the last hour in front of the library, which without a licence key allows 1,000 an hour and process.
/// The library's hour starts at a moment of its own; counting over any sixty minutes stays below its limit whenever that is.
/// One instance serves the process.
/// </summary>
internal sealed class ValidationQuota : IDisposable
{
    public const string MeterName = "ConnectorPlatform.Forms";

    public const int LibraryLimit = 1_000;

    private static readonly TimeSpan Window = TimeSpan.FromHours(1);

    private readonly Lock _lock = new();
    private readonly Queue<DateTimeOffset> _taken = new();
    private readonly TimeProvider _time;
    private readonly ILogger<ValidationQuota> _logger;
    private readonly Meter _meter;
    private readonly Counter<long> _validations;
    private DateTimeOffset _closedUntil;
    private bool _warned;

    /// <remarks>The limit is that of any sixty minutes; null with a licence key, which lifts it.</remarks>
    public ValidationQuota(TimeProvider time, ILogger<ValidationQuota> logger, int? limit = LibraryLimit)
    {
        _time = time;
        _logger = logger;
        Limit = limit;
        _meter = new Meter(MeterName);
        _validations = _meter.CreateCounter<long>("form.validations", "{validation}", "Validations that count towards the hourly quota.");
    }

    /// <summary>Null when there is none.</summary>
    public int? Limit { get; }

    /// <summary>Validations in the last hour.</summary>
    public int Used
    {
        get
        {
            lock (_lock)
            {
                Forget();
                return _taken.Count;
            }
        }
    }

    /// <summary>When the next validation is possible; null when it is possible now.</summary>
    public DateTimeOffset? OpensAgainAt
    {
        get
        {
            lock (_lock)
            {
                Forget();
                var byCount = Limit is { } limit && _taken.Count >= limit
                    ? limit > 0 ? _taken.Peek() + Window : DateTimeOffset.MaxValue
                    : DateTimeOffset.MinValue;
                var opens = byCount > _closedUntil ? byCount : _closedUntil;
                return opens > _time.GetUtcNow() ? opens : null;
            }
        }
    }

    /// <summary>Takes one validation.</summary>
    /// <exception cref="ValidationQuotaException">None is left; nothing was taken.</exception>
    public void Take()
    {
        bool warn;
        int used;
        lock (_lock)
        {
            if (OpensAgainAt is { } opens)
            {
                throw new ValidationQuotaException(opens);
            }

            _taken.Enqueue(_time.GetUtcNow());
            used = _taken.Count;
            warn = Limit is { } limit && used >= limit * 4 / 5 && !_warned;
            _warned |= warn;
        }

        _validations.Add(1);
        if (warn)
        {
            _logger.LogWarning(
                "{Used} of {Limit} form validations of this hour are used; beyond that, saving waits. The setting JsonSchema:LicenseKey lifts the limit.", used, Limit);
        }
    }

    /// <summary>The library itself refused: nothing more for an hour, whatever was counted here.</summary>
    public ValidationQuotaException Close()
    {
        lock (_lock)
        {
            _closedUntil = _time.GetUtcNow() + Window;
            return new ValidationQuotaException(_closedUntil);
        }
    }

    public void Dispose() => _meter.Dispose();

    private void Forget()
    {
        var start = _time.GetUtcNow() - Window;
        while (_taken.TryPeek(out var oldest) && oldest <= start)
        {
            _taken.Dequeue();
        }

        _warned &= Limit is { } limit && _taken.Count >= limit * 4 / 5;
    }
}

/// <summary>The data could not be validated now; it is not known to be valid.</summary>
internal sealed class ValidationQuotaException(DateTimeOffset opensAgainAt)
    : Exception($"The form could not be validated: this hour's validations are used up. Try again after {opensAgainAt.UtcDateTime:yyyy-MM-dd HH:mm} UTC, or set JsonSchema:LicenseKey.")
{
    public DateTimeOffset OpensAgainAt { get; } = opensAgainAt;
}
