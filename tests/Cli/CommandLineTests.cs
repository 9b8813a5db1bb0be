using System.Text.Json;
using ConnectorPlatform.Tests.Support;

namespace ConnectorPlatform.Tests.Cli;

/// <summary>The real executable, as a script or a person calls it.</summary>
public sealed class CommandLineTests : IDisposable
{
    private const string Secret = "canary-5f2b9c-token";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private HostProgram Program => new(_folder.File("data"));

    [Theory]
    [InlineData("Connectors__Workers__MemoryMegabytes", "lots", "'lots' at 'Connectors:Workers:MemoryMegabytes'")]
    [InlineData("Connectors__Workers__MemoryMegabytes", "1", "MemoryMegabytes must be between 64 and")]
    [InlineData("Connectors__Workers__CancelWithin", "-1", "CancelWithin must be between 00:00:00.1")]
    [InlineData("Connectors__Isolation", "Jail", "it is Workers or InProcess")]
    [InlineData("Runs__CommitRows", "0", "Runs:CommitRows is 0; it is a whole number from 1 on")]
    [InlineData("DataSets__MemoryMegabytes", "0", "MemoryMegabytes must be between 1 and")]
    public async Task A_setting_that_is_wrong_is_named(string setting, string value, string words)
    {
        var result = await new HostProgram(_folder.File("data")) { Environment = { [setting] = value } }.RunAsync("run", "--connector", "hello");

        Assert.Contains(words, result.Ended(2).Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("There is no connector \"helo\". Did you mean \"hello\"?", "run", "--connector", "helo")]
    [InlineData("/bitly_link: Bitly Link is required.", "run", "--connector", "bitly", "--details", """{"report":"link_clicks"}""")]
    [InlineData("/unit: Unit must be one of", "run", "--connector", "bitly", "--details", """{"report":"user_clicks","unit":"year"}""")]
    [InlineData("The form has no field named reprot", "run", "--connector", "bitly", "--details", """{"reprot":"user_clicks"}""")]
    [InlineData("cannot be read as JSON at line 1, position 2", "run", "--connector", "hello", "--details", "{bad")]
    [InlineData("The file /no/such/file cannot be read", "run", "--connector", "hello", "--details", "@/no/such/file")]
    [InlineData("must end in .csv, .parquet, .jsonl or .xlsx", "run", "--connector", "hello", "--out", "rows.xls")]
    [InlineData("There is no account \"nobody\"", "check", "--connector", "hello", "--account", "nobody")]
    [InlineData("There is no DataSet \"none\"", "dataset", "show", "none")]
    [InlineData("listens on loopback only", "serve", "--url", "http://0.0.0.0:5080")]
    [InlineData("'frobnicate'", "frobnicate")]
    public async Task Wrong_input_is_told_in_one_line_and_ends_with_2(string expected, params string[] arguments)
    {
        var result = (await Program.RunAsync(arguments)).Ended(2);

        Assert.Contains(expected, result.Error, StringComparison.Ordinal);
        Assert.Single(result.Error.TrimEnd().Split('\n'));
        Assert.Empty(result.Output);
    }

    [Fact]
    public async Task Details_of_an_error_come_only_when_they_are_asked_for()
    {
        var plain = (await Program.RunAsync("dataset", "show", "none")).Ended(2);
        var verbose = (await Program.RunAsync("dataset", "show", "none", "--verbose")).Ended(2);

        Assert.DoesNotContain("   at ", plain.Error, StringComparison.Ordinal);
        Assert.Contains("   at ", verbose.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_DataSet_lives_from_creation_to_deletion()
    {
        const string Name = "Grüße, \"quoted\" & 100 %";
        var created = (await Program.RunAsync("dataset", "create", Name, "--connector", "hello", "--update", "Append", "--json")).Ended(0);
        Assert.Equal(Name, created.Json.GetProperty("name").GetString());
        Assert.Contains("There is a DataSet", (await Program.RunAsync("dataset", "create", Name, "--connector", "hello")).Ended(2).Error, StringComparison.Ordinal);

        var run = (await Program.RunAsync("dataset", "run", Name, "--json")).Ended(0).Json;
        Assert.Equal(("Succeeded", 250), (run.GetProperty("state").GetString(), run.GetProperty("rowsWritten").GetInt32()));
        var again = (await Program.RunAsync("dataset", "run", Name)).Ended(0);
        Assert.Contains("Warning: The source delivered no rows.", again.Error, StringComparison.Ordinal);

        var listed = Assert.Single((await Program.RunAsync("dataset", "list", "--json")).Ended(0).Json.EnumerateArray());
        Assert.Equal("SucceededWithWarnings", listed.GetProperty("state").GetString());
        var shown = (await Program.RunAsync("dataset", "show", Name, "--json")).Ended(0).Json;
        Assert.Equal(250, shown.GetProperty("rows").GetInt32());
        Assert.Equal("id", shown.GetProperty("columns")[0].GetProperty("name").GetString());

        var rows = (await Program.RunAsync("dataset", "rows", Name, "--offset", "248", "--limit", "5", "--json")).Ended(0).Output.TrimEnd().Split('\n');
        Assert.Equal(2, rows.Length);
        Assert.True(JsonElement.Parse(rows[0]).TryGetProperty("_run_id", out _));

        await Program.RunAsync("dataset", "delete", Name);
        Assert.Empty((await Program.RunAsync("dataset", "list", "--json")).Ended(0).Json.EnumerateArray());
        Assert.Empty(Directory.EnumerateFiles(_folder.File("data", "datasets")));
    }

    [Fact]
    public async Task Rows_are_written_as_CSV_JSON_lines_and_Parquet()
    {
        await Program.RunAsync("dataset", "create", "greetings", "--connector", "hello");
        await Program.RunAsync("dataset", "run", "greetings");
        foreach (var name in new[] { "rows.csv", "rows.jsonl", "rows.parquet" })
        {
            var result = (await Program.RunAsync("dataset", "export", "greetings", "--out", _folder.File(name))).Ended(0);
            Assert.StartsWith("250 rows written to ", result.Output, StringComparison.Ordinal);
        }

        var csv = await File.ReadAllLinesAsync(_folder.File("rows.csv"), TestContext.Current.CancellationToken);
        Assert.Equal("id,text,warmth,said_at,_run_id,_loaded_at", csv[0]);
        Assert.Equal(251, csv.Length);
        var lines = await File.ReadAllLinesAsync(_folder.File("rows.jsonl"), TestContext.Current.CancellationToken);
        Assert.Equal(250, lines.Length);
        Assert.Equal("Hello, world!", JsonElement.Parse(lines[0]).GetProperty("text").GetString());
        var parquet = await File.ReadAllBytesAsync(_folder.File("rows.parquet"), TestContext.Current.CancellationToken);
        Assert.Equal("PAR1"u8, parquet.AsSpan(0, 4));

        var piped = (await Program.RunAsync("run", "--connector", "hello", "--out", "-")).Ended(0);
        Assert.Equal(251, piped.Output.TrimEnd().Split('\n').Length);
        Assert.Contains("Succeeded: 250 rows read", piped.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Credentials_come_from_standard_input_or_the_environment_and_are_never_shown()
    {
        var input = $$"""{"access_token":"{{Secret}}"}""";
        string[] add = ["account", "add", "--connector", "hello", "--no-check"];
        var results = new List<ProgramResult>
        {
            (await Program.RunAsync([.. add, "piped"], input)).Ended(0),
            (await new HostProgram(_folder.File("data")) { Environment = new() { ["CONNECTOR_PLATFORM_CREDENTIALS"] = input } }.RunAsync([.. add, "environment"])).Ended(0),
            (await Program.RunAsync([.. add, "piped"], input)).Ended(2),
            (await Program.RunAsync([.. add, "broken"], $"{{\"access_token\": {Secret}}}")).Ended(2),
            (await Program.RunAsync([.. add, "unknown"], $$"""{"token":"{{Secret}}"}""")).Ended(2),
            (await Program.RunAsync("account", "list", "--json")).Ended(0),
        };

        Assert.Equal(2, results[^1].Json.GetArrayLength());
        Assert.All(results, result => Assert.DoesNotContain(Secret, result.Output + result.Error, StringComparison.Ordinal));
        Assert.All(
            Directory.EnumerateFiles(_folder.File("data"), "*", SearchOption.AllDirectories),
            file => Assert.Equal(-1, File.ReadAllBytes(file).AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(Secret))));

        (await Program.RunAsync("account", "remove", "piped")).Ended(0);
        Assert.Single((await Program.RunAsync("account", "list", "--json")).Ended(0).Json.EnumerateArray());
    }

    [Fact]
    public async Task A_damaged_package_is_listed_with_its_reasons_and_the_others_work()
    {
        var packages = _folder.File("packages");
        CopyPackage("hello", packages);
        Directory.CreateDirectory(Path.Combine(packages, "broken"));
        await File.WriteAllTextAsync(Path.Combine(packages, "broken", "connector.json"), """{"id":"broken","version":"x"}""", TestContext.Current.CancellationToken);
        var program = new HostProgram(_folder.File("data")) { Environment = new() { ["Connectors__Folders__0"] = packages } };

        var listing = (await program.RunAsync("connectors", "--json")).Ended(0).Json;
        Assert.Equal("hello", Assert.Single(listing.GetProperty("connectors").EnumerateArray()).GetProperty("id").GetString());
        var broken = Assert.Single(listing.GetProperty("broken").EnumerateArray());
        Assert.Contains(broken.GetProperty("problems").EnumerateArray(), problem => problem.GetProperty("pointer").GetString() == "/version");
        Assert.Contains("cannot be used", (await program.RunAsync("run", "--connector", "broken")).Ended(2).Error, StringComparison.Ordinal);
        (await program.RunAsync("run", "--connector", "hello")).Ended(0);
    }

    [Fact]
    public async Task Check_and_menu_answer_from_sample_data()
    {
        Assert.Contains("Marketing Team", (await Program.RunAsync("check", "--connector", "bitly")).Ended(0).Output, StringComparison.Ordinal);
        var menu = (await Program.RunAsync("menu", "groups", "--connector", "bitly", "--json")).Ended(0).Json;
        Assert.Equal(2, menu.GetArrayLength());
        Assert.Contains("no menu", (await Program.RunAsync("menu", "none", "--connector", "bitly")).Ended(6).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_evaluator_answers_every_line_of_a_batch_in_order()
    {
        var answers = (await Program.RunAsync(
            ["form", "settle", "--connector", "bitly", "--pane", "details", "--batch"],
            """
            {"id":1,"data":{"report":"link_clicks","bitly_link":"bit.ly/2Qj2niP"}}
            {"id":2,"schema":{"type":"object","properties":{"a":{"type":"string","title":"A"}},"required":["a"]},"data":{}}
            no JSON
            """)).Ended(0).Output.TrimEnd().Split('\n').Select(line => JsonElement.Parse(line)).ToList();

        Assert.Equal(3, answers.Count);
        Assert.Empty(answers[0].GetProperty("errors").EnumerateArray());
        Assert.Equal("/a", answers[1].GetProperty("errors")[0].GetProperty("path").GetString());
        Assert.Equal("json", answers[2].GetProperty("errors")[0].GetProperty("keyword").GetString());
    }

    [Fact]
    public async Task The_demo_fills_a_DataSet_for_each_built_report_and_can_be_repeated()
    {
        for (var time = 0; time < 2; time++)
        {
            var table = (await Program.RunAsync("demo", "--once", "--json")).Ended(0).Json.EnumerateArray().ToList();
            Assert.Equal(38, table.Count);
            Assert.All(table, row => Assert.Equal("Succeeded", row.GetProperty("state").GetString()));
            Assert.All(table, row => Assert.True(row.GetProperty("rows").GetInt32() > 0));
        }

        Assert.Equal(38, (await Program.RunAsync("dataset", "list", "--json")).Ended(0).Json.GetArrayLength());
    }

    [Fact]
    public async Task A_foreign_folder_is_left_alone()
    {
        Directory.CreateDirectory(_folder.File("data"));
        await File.WriteAllTextAsync(_folder.File("data", "thesis.txt"), "precious", TestContext.Current.CancellationToken);

        var result = (await Program.RunAsync("dataset", "list")).Ended(7);

        Assert.Contains("not a data folder of this platform", result.Error, StringComparison.Ordinal);
        Assert.Equal(["thesis.txt"], Directory.EnumerateFileSystemEntries(_folder.File("data")).Select(Path.GetFileName));
    }

    private static void CopyPackage(string id, string folder)
    {
        foreach (var file in Directory.EnumerateFiles(Repository.PathOf("artifacts", "connectors", id), "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(folder, id, Path.GetRelativePath(Repository.PathOf("artifacts", "connectors", id), file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}
