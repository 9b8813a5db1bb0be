using System.CommandLine;
using System.Text.Json;

namespace ConnectorPlatform.Host.Cli;

/// <summary>Options that several verbs have.</summary>
internal static class Options
{
    public static JsonElement EmptyObject { get; } = JsonElement.Parse("{}");

    public static Argument<string> DataSet() => new("name") { Description = "The DataSet's name or id." };

    public static Option<bool> DryRun() => new("--dry-run") { Description = "Change nothing; tell what would happen." };

    public static Option<string> Connector() => new("--connector") { Description = "The connector's id.", Required = true };

    public static Option<string> Account() => new("--account")
    {
        Description = $"The account's name, or \"{Accounts.Account.Sample}\" for the connector's sample data.",
        DefaultValueFactory = _ => Accounts.Account.Sample,
    };

    public static Option<string> Details() => new("--details")
    {
        Description = "The details as a JSON object, or @FILE.",
        DefaultValueFactory = _ => "{}",
    };

    /// <exception cref="PlatformException">The file cannot be read, or it is no JSON object.</exception>
    public static JsonElement ReadDetails(Invocation invocation, Option<string> option)
    {
        var text = invocation.Value(option)!;
        return ReadObject(text.StartsWith('@') ? ReadFile(text[1..]) : text, "The details");
    }

    public static string ReadFile(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new PlatformException(PlatformFault.Input, $"The file {path} cannot be read: {exception.Message}", exception);
        }
    }

    public static JsonElement ReadObject(string text, string what)
    {
        try
        {
            var element = JsonElement.Parse(text);
            return element.ValueKind == JsonValueKind.Object
                ? element
                : throw new PlatformException(PlatformFault.Input, $"{what} must be a JSON object, such as {{\"name\": \"value\"}}.");
        }
        catch (JsonException exception)
        {
            // Not the parser's own words: they may quote the text, in which a secret may stand.
            throw new PlatformException(
                PlatformFault.Input,
                $"{what} cannot be read as JSON at line {exception.LineNumber + 1}, position {exception.BytePositionInLine + 1}.",
                exception);
        }
    }
}
