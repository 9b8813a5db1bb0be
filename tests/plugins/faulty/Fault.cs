namespace ConnectorPlatform.Connectors;

/// <summary>The one fault that the connector has, named by a file beside its assembly; without the file it has none.</summary>
internal static class Fault
{
    /// <summary>Every fault in code; those in files need no name.</summary>
    private static readonly string[] Known =
    [
        "constructor-socket", "constructor-file", "constructor-throws",
        "cancel-endless", "cancel-blocks",
        "static-token", "static-rows",
        "null-to-empty", "empty-to-null", "big-double", "amount-double", "emoji-split", "emoji-ascii", "day-shifted", "offset-lost", "paid-null-false",
        "last-page-dropped", "last-row-dropped", "resume-doubles", "resume-skips",
        "key-null", "key-duplicate", "column-type", "column-missing",
        "swallows-5xx", "swallows-html", "swallows-429", "swallows-cut", "swallows-401-kind", "follows-loop", "follows-redirect", "retries-429",
        "token-logged", "token-logged-base64", "token-in-record", "token-in-address", "token-in-error",
        "keeps-batches",
    ];

    private static readonly Lazy<string?> Name = new(Read);

    public static bool Is(string name) => Name.Value == name;

    private static string? Read()
    {
        // Whether the file is there is asked first, so that the good connector reads nothing in its constructor.
        var file = Path.Combine(Path.GetDirectoryName(typeof(Fault).Assembly.Location)!, "fault.txt");
        if (!File.Exists(file))
        {
            return null;
        }

        var name = File.ReadAllText(file).Trim();
        return Known.Contains(name) || name.StartsWith("file-", StringComparison.Ordinal)
            ? name
            : throw new InvalidOperationException($"{file} names no known fault: \"{name}\".");
    }
}
