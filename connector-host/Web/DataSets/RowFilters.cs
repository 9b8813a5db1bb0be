using ConnectorPlatform.Host.DataSets.Queries;

namespace ConnectorPlatform.Host.Web.DataSets;

/// <summary>Row queries as addresses hold them: <c>filter=gt:clicks:100&amp;sort=day&amp;desc=true&amp;page=2</c>.</summary>
internal static class RowFilters
{
    private static readonly (string Word, FilterKind Kind, string Text)[] Kinds =
    [
        ("eq", FilterKind.Equal, "is"), ("ne", FilterKind.NotEqual, "is not"), ("contains", FilterKind.Contains, "contains"), ("starts", FilterKind.StartsWith, "starts with"),
        ("gt", FilterKind.Greater, "is greater than"), ("ge", FilterKind.AtLeast, "is at least"), ("lt", FilterKind.Less, "is less than"), ("le", FilterKind.AtMost, "is at most"),
        ("null", FilterKind.Null, "has no value"), ("notnull", FilterKind.NotNull, "has a value"),
    ];

    public static IEnumerable<object> Choices => Kinds.Select(kind => new { kind.Word, kind.Text });

    /// <exception cref="PlatformException">A filter is not written as it should be.</exception>
    public static RowQuery Parse(IQueryCollection query, int rows)
    {
        var page = PageOf(query);
        return new RowQuery
        {
            Filters = [.. query["filter"].OfType<string>().Where(text => text.Length > 0).Select(Parse)],
            Sort = query["sort"].ToString() is { Length: > 0 } sort ? sort : null,
            IsDescending = query["desc"] == "true",
            Offset = (page - 1L) * rows,
            Limit = rows,
        };
    }

    public static int PageOf(IQueryCollection query) => int.TryParse(query["page"], out var page) && page > 0 ? page : 1;

    /// <exception cref="PlatformException">The word tells no condition.</exception>
    public static RowFilter Of(string column, string word, string value) => Array.Find(Kinds, kind => kind.Word == word) is { Text: not null } found
        ? new RowFilter(column, found.Kind, found.Kind is FilterKind.Null or FilterKind.NotNull ? "" : value)
        : throw new PlatformException(PlatformFault.Input, $"\"{word}\" is no condition; there are {string.Join(", ", Kinds.Select(kind => kind.Word))}.");

    public static string Write(RowFilter filter) => $"{Array.Find(Kinds, kind => kind.Kind == filter.Kind).Word}:{Uri.EscapeDataString(filter.Column)}:{filter.Value}";

    /// <summary>The address's query of a row query; without what is as usual.</summary>
    public static string Address(RowQuery query, int page = 1)
    {
        var parts = query.Filters.Select(filter => $"filter={Uri.EscapeDataString(Write(filter))}").ToList();
        if (query.Sort is { } sort)
        {
            parts.Add($"sort={Uri.EscapeDataString(sort)}");
        }

        if (query.IsDescending)
        {
            parts.Add("desc=true");
        }

        if (page > 1)
        {
            parts.Add($"page={page}");
        }

        return parts.Count == 0 ? "" : $"?{string.Join('&', parts)}";
    }

    /// <summary>A filter in words, such as <c>clicks is at least 100</c>.</summary>
    public static string Words(RowFilter filter) => $"{filter.Column} {Array.Find(Kinds, kind => kind.Kind == filter.Kind).Text} {filter.Value}".TrimEnd();

    private static RowFilter Parse(string text) => text.Split(':', 3) is [var word, var column, var value]
        ? Of(Uri.UnescapeDataString(column), word, value)
        : throw new PlatformException(PlatformFault.Input, $"The filter \"{text}\" is not written as condition:column:value.");
}
