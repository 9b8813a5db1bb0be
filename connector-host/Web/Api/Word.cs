using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace ConnectorPlatform.Host.Web.Api;

/// <summary>A word of an enumeration in an address, written as in JSON.</summary>
internal readonly record struct Word<T>(T Value)
    where T : struct, Enum
{
    /// <summary>Every word.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Enum.GetNames<T>().Select(JsonNamingPolicy.CamelCase.ConvertName)];

    [SuppressMessage("Design", "CA1000", Justification = "The framework finds it by its name.")]
    public static bool TryParse(string? text, out Word<T> word)
    {
        var place = text is null ? -1 : All.ToList().IndexOf(text);
        word = place < 0 ? default : new Word<T>(Enum.GetValues<T>()[place]);
        return place >= 0;
    }
}
