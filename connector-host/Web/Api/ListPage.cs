using System.Buffers.Text;
using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Mvc;

namespace ConnectorPlatform.Host.Web.Api;

/// <summary>A part of a list, and where it goes on.</summary>
internal sealed record ListPage<T>
{
    public required IReadOnlyList<T> Items { get; init; }

    [Description("Give it as cursor to get the items that follow; null when these are the last.")]
    public required string? Next { get; init; }

    public ListPage<TOther> Select<TOther>(Func<T, TOther> view) => new() { Items = [.. Items.Select(view)], Next = Next };
}

/// <summary>Which part of a list is asked for; alike for every list.</summary>
internal sealed record PageQuery
{
    private const int Usual = 50;
    private const int Most = 200;

    [FromQuery(Name = "limit"), Range(1, Most), DefaultValue(Usual), Description("The most items to return.")]
    public int? Limit { get; init; }

    [FromQuery(Name = "cursor"), Description("Where to go on: the next of the page before.")]
    public string? Cursor { get; init; }

    /// <exception cref="PlatformException">The limit is out of bounds.</exception>
    public int Count => Limit switch
    {
        null => Usual,
        >= 1 and <= Most => Limit.Value,
        _ => throw new PlatformException(PlatformFault.Input, $"limit is from 1 to {Most}."),
    };

    /// <summary>What the cursor says; null at the beginning.</summary>
    /// <exception cref="PlatformException">It is none of this API.</exception>
    public string? After
    {
        get
        {
            if (string.IsNullOrEmpty(Cursor))
            {
                return null;
            }

            try
            {
                return Encoding.UTF8.GetString(Base64Url.DecodeFromChars(Cursor));
            }
            catch (FormatException exception)
            {
                throw UnknownCursor(exception);
            }
        }
    }

    /// <summary>How many items come before, for lists that go by a number.</summary>
    /// <exception cref="PlatformException">The cursor is none of such a list.</exception>
    public int Offset => After switch
    {
        null => 0,
        { } after when int.TryParse(after, NumberStyles.None, CultureInfo.InvariantCulture, out var offset) => offset,
        _ => throw UnknownCursor(null),
    };

    /// <summary>The part of a list that goes by a number.</summary>
    /// <param name="items">Those from <see cref="Offset"/> on, no more than <see cref="Count"/>.</param>
    /// <param name="total">How many items there are, or at least are known.</param>
    public ListPage<T> At<T>(IReadOnlyList<T> items, long total) => new()
    {
        Items = items,
        Next = items.Count > 0 && Offset + items.Count < total ? Encode((Offset + items.Count).ToString(CultureInfo.InvariantCulture)) : null,
    };

    /// <summary>The part of a list that is ordered by a unique key.</summary>
    /// <param name="ordered">The whole list, or as much of it as follows the cursor.</param>
    /// <param name="key">The key; what was added or removed meanwhile moves nothing else.</param>
    /// <param name="comparer">The order of the keys.</param>
    public ListPage<T> Of<T>(IEnumerable<T> ordered, Func<T, string> key, IComparer<string> comparer)
    {
        var (count, after) = (Count, After);
        var found = ordered.Where(item => after is null || comparer.Compare(key(item), after) > 0).Take(count + 1).ToList();
        return Of(found, key);
    }

    /// <inheritdoc cref="Of{T}(IEnumerable{T}, Func{T, string}, IComparer{string})"/>
    /// <param name="found">What follows the cursor, one more than asked for if there is.</param>
    /// <param name="key">The key.</param>
    public ListPage<T> Of<T>(IReadOnlyList<T> found, Func<T, string> key) => new()
    {
        Items = found.Count > Count ? [.. found.Take(Count)] : found,
        Next = found.Count > Count ? Encode(key(found[Count - 1])) : null,
    };

    private static string Encode(string key) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(key));

    private static PlatformException UnknownCursor(Exception? inner) => new(PlatformFault.Input, "cursor is not one that this list gave: begin without it.", inner);
}
