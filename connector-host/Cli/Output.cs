using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Spectre.Console;

namespace ConnectorPlatform.Host.Cli;

/// <summary>Writes results to standard output, as text for people or as JSON for programs, and errors to standard error.</summary>
internal sealed class Output(TextWriter standard, TextWriter error, bool asJson)
{
    /// <summary>One compact object, with letters of every script as they are.</summary>
    public static readonly JsonSerializerOptions JsonLine = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly JsonSerializerOptions JsonOptions = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter() },
    };

    // A pipe or file has no width; lines are then as long as they need to be.
    private readonly IAnsiConsole _console = AnsiConsole.Create(new AnsiConsoleSettings
    {
        Out = new AnsiConsoleOutput(standard),
        Ansi = Console.IsOutputRedirected ? AnsiSupport.No : AnsiSupport.Detect,
    });

    public bool AsJson { get; } = asJson;

    public TextWriter Standard { get; } = standard;

    /// <summary>Writes one value: as JSON, or by the text that is made of it.</summary>
    public void Write(object value, Action asText)
    {
        if (AsJson)
        {
            Standard.WriteLine(JsonSerializer.Serialize(value, JsonOptions));
        }
        else
        {
            asText();
        }
    }

    public void Line(string text) => Standard.WriteLine(text);

    public void Error(string text) => error.WriteLine(text);

    public void Table(IReadOnlyList<string> headers, IEnumerable<IReadOnlyList<object?>> rows)
    {
        if (Console.IsOutputRedirected)
        {
            _console.Profile.Width = 10_000;
        }

        var table = new Table { Border = TableBorder.Minimal, ShowRowSeparators = false };
        foreach (var header in headers)
        {
            table.AddColumn(new TableColumn(new Text(header)).NoWrap());
        }

        foreach (var row in rows)
        {
            table.AddRow(row.Select(value => new Text(Format(value), Style.Plain)));
        }

        _console.Write(table);
    }

    // Control characters in data must not steer the terminal.
    private static string Format(object? value) =>
        new([.. (ValueText.Of(value) ?? "").Select(character => char.IsControl(character) ? ' ' : character)]);
}
