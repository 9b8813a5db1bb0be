namespace ConnectorPlatform.Host;

/// <summary>Names for what is stored: UUIDs of version 7, in the order in which this process made them, so that a list by id is a list by age.</summary>
internal static class Identifier
{
    // Of a version 7 UUID: 48 bits of milliseconds, then 12 bits that RFC 9562 (6.2, method 3) lends to the fraction of a millisecond.
    private const int FractionBits = 12;

    private static long _last;

    /// <returns>32 hexadecimal digits.</returns>
    public static string New()
    {
        var stamp = Next();
        var random = Guid.NewGuid().ToString("N");
        return $"{stamp >> FractionBits:x12}7{stamp & ((1 << FractionBits) - 1):x3}{random[16..]}";
    }

    /// <summary>The clock in steps of 1/4096 ms, or one step after the last where the clock has not moved on.</summary>
    private static long Next()
    {
        while (true)
        {
            var ticks = (TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks;
            var now = (ticks / TimeSpan.TicksPerMillisecond << FractionBits) + ((ticks % TimeSpan.TicksPerMillisecond << FractionBits) / TimeSpan.TicksPerMillisecond);
            var last = Interlocked.Read(ref _last);
            var next = Math.Max(now, last + 1);
            if (Interlocked.CompareExchange(ref _last, next, last) == last)
            {
                return next;
            }
        }
    }
}
