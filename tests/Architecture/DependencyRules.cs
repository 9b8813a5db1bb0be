using System.Text.RegularExpressions;
using ConnectorPlatform.Tests.Support;

namespace ConnectorPlatform.Tests.Architecture;

/// <summary>Who may know whom, and where each third-party package is named.</summary>
public sealed class DependencyRules
{
    private const string HostNamespace = "ConnectorPlatform.Host";

    /// <summary>The features of the host, each with those that it may use. What is not listed here may use nothing.</summary>
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        // The manifest holds the records that say how the source is reached (HttpPolicy and those below it).
        ["Connectors"] = ["Http"],
        ["Forms"] = [],
        ["Http"] = [],
        ["Metadata"] = [],
        ["Audit"] = ["Metadata"],
        ["Accounts"] = ["Metadata"],
        ["DataSets"] = ["Metadata"],
        ["Schedules"] = ["Metadata"],
        ["Notices"] = ["Metadata"],
        ["People"] = ["Metadata"],
        ["Runs"] = ["Audit", "Connectors", "Forms", "Http", "Metadata", "Accounts", "DataSets", "Schedules", "Notices"],

        // Builds connectors and runs them on sources and on sample data that is only being made.
        ["Authoring"] = ["Runs", "Connectors", "Forms", "Http", "Accounts", "DataSets"],
        ["Web"] = ["Audit", "Authoring", "Runs", "Connectors", "Forms", "Http", "Metadata", "Accounts", "DataSets", "Schedules", "Notices", "People"],

        // Like a run, a certification brings the others together.
        ["Certification"] = ["Runs", "Connectors", "Forms", "Http"],

        // Exit codes say who must act after an HTTP failure, and the demonstration reads the examples of the sample data.
        ["Cli"] = ["Audit", "Authoring", "Certification", "Runs", "Connectors", "Forms", "Http", "Metadata", "Accounts", "DataSets", "Schedules", "Notices", "People", "Web"],
    };

    /// <summary>Types of <c>Http</c> that <c>Connectors</c> may name: plain records of the manifest, and the check of a header's template.</summary>
    private static readonly string[] HttpRecords = ["HttpPolicy", "OpenAddress", "AuthenticationRule", "RateBudget", "RetryRules", "ReplyPattern", "AuthenticationHeader", "HttpUsageSnapshot"];

    /// <summary>Third-party namespaces, each with the one file or small folder that names it.</summary>
    private static readonly (string Namespace, string[] Places)[] Packages =
    [
        ("DuckDB.NET", ["connector-host/DataSets/Storage"]),
        ("Microsoft.Data.Sqlite", ["connector-host/Metadata/MetadataDatabase.cs"]),
        ("Dapper", ["connector-host/Metadata/MetadataDatabase.cs"]),
        ("DbUp", ["connector-host/Metadata/MetadataDatabase.cs"]),
        ("MailKit", ["connector-host/Notices/Channels/MailSender.cs"]),
        ("MimeKit", ["connector-host/Notices/Channels/MailSender.cs"]),
        ("MiniExcelLibs", ["connector-host/DataSets/Storage/Queries/ExcelFile.cs"]),
        ("McMaster.NETCore.Plugins", ["connector-host/Connectors/ConnectorLoader.cs"]),
        ("Newtonsoft.Json", ["connector-host/Forms/Validation"]),
        ("NuGet", ["connector-host/Connectors/Packages/PackageFeed.cs"]),
        ("Quartz", ["connector-host/Schedules/Timing"]),
        ("Microsoft.AspNetCore.Authentication.OpenIdConnect", ["connector-host/Web/People/ProviderPages.cs"]),
        ("Microsoft.OpenApi", ["connector-host/Web/Api/OpenApi"]),
        ("OpenTelemetry", ["connector-host/Web/Operations/Metrics.cs"]),
        ("Polly", ["connector-host/Http/RetryHandler.cs"]),

        // Three uses with rules of their own: header values, which must not be escaped, pages, which must, and notices, which users write.
        ("Scriban", ["connector-host/Http/AuthenticationHeader.cs", "connector-host/Notices/NoticeTemplates.cs", "connector-host/Web/Site/HtmlTemplates.cs"]),
        ("Spectre.Console", ["connector-host/Cli/Output.cs"]),
        ("System.CommandLine", ["connector-host/Cli"]),
    ];

    public static TheoryData<string> PackageNames => [.. Packages.Select(package => package.Namespace)];

    [Fact]
    public void A_feature_of_the_host_uses_only_those_below_it()
    {
        var offences = from file in SourceTree.Host
                       where file.Feature.Length > 0
                       from other in file.Usings.Where(name => name.StartsWith(HostNamespace + ".", StringComparison.Ordinal)).Select(name => name.Split('.')[2])
                       where other != file.Feature && !Allowed.GetValueOrDefault(file.Feature, []).Contains(other)
                       select $"{file.Path} uses {other}";

        Assert.Empty(offences);
    }

    [Fact]
    public void A_feature_of_the_host_names_no_other_without_a_using()
    {
        var offences = from file in SourceTree.Host
                       where file.Feature.Length > 0
                       from other in Allowed.Keys
                       where other != file.Feature && !Allowed.GetValueOrDefault(file.Feature, []).Contains(other)
                       from line in file.Code
                       where line.Contains($"{HostNamespace}.{other}.", StringComparison.Ordinal)
                       select $"{file.Path}: {line.Trim()}";

        Assert.Empty(offences);
    }

    [Fact]
    public void Connectors_of_the_host_know_only_the_records_of_Http()
    {
        var types = typeof(Host.Http.HttpPolicy).Assembly.GetTypes()
            .Where(type => type.Namespace == $"{HostNamespace}.Http" && !type.IsNested && !HttpRecords.Contains(type.Name))
            .Select(type => type.Name.Split('`')[0])
            .ToList();
        var offences = from file in SourceTree.Host
                       where file.Feature == "Connectors"
                       from line in file.Code
                       from type in types
                       where Regex.IsMatch(line, $@"(?<![\w.""]){type}(?!\w)")
                       select $"{file.Path} names {type}: {line.Trim()}";

        Assert.Empty(offences);
    }

    [Fact]
    public void Only_the_composition_stands_above_the_features()
    {
        var top = SourceTree.Host.Where(file => file.Feature.Length == 0 && file.Usings.Any(name => name.StartsWith(HostNamespace, StringComparison.Ordinal)));

        Assert.Equal(["connector-host/Composition.cs", "connector-host/Program.cs"], top.Select(file => file.Path));
    }

    [Fact]
    public void A_connector_never_sees_the_host_and_the_contract_sees_neither()
    {
        Assert.Empty(SourceTree.Connectors.Where(file => file.Lines.Any(line => line.Contains(HostNamespace, StringComparison.Ordinal))).Select(file => file.Path));
        Assert.Empty(SourceTree.Contracts
            .Where(file => file.Lines.Any(line => line.Contains(HostNamespace, StringComparison.Ordinal) || line.Contains("ConnectorPlatform.Connectors", StringComparison.Ordinal)))
            .Select(file => file.Path));
        Assert.All(
            Directory.EnumerateFiles(Repository.PathOf("connectors"), "*.csproj", SearchOption.AllDirectories),
            project => Assert.DoesNotContain("ProjectReference", File.ReadAllText(project), StringComparison.Ordinal));
    }

    [Fact]
    public void The_contract_needs_nothing_beyond_the_framework()
    {
        var references = typeof(IConnector).Assembly.GetReferencedAssemblies().Select(name => name.Name!);

        Assert.All(references, name => Assert.StartsWith("System.", name, StringComparison.Ordinal));
        Assert.DoesNotContain("PackageReference", File.ReadAllText(Repository.PathOf("contracts", "ConnectorPlatform.Contracts.csproj")), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(PackageNames))]
    public void A_package_is_named_in_its_place_alone(string name)
    {
        var places = Packages.Single(package => package.Namespace == name).Places;
        var users = SourceTree.Host
            .Where(file => file.Code.Any(line => Regex.IsMatch(line, $@"(?<![\w.]){Regex.Escape(name)}\.")) || file.Usings.Contains(name))
            .Select(file => file.Path)
            .ToList();

        Assert.All(users, user => Assert.Contains(places, place => user == place || user.StartsWith(place + "/", StringComparison.Ordinal)));
        Assert.All(places, place => Assert.Contains(users, user => user.StartsWith(place, StringComparison.Ordinal)));
    }

    [Fact]
    public void Every_package_of_the_host_has_a_place()
    {
        var named = SourceTree.Host.SelectMany(file => file.Usings)
            .Where(name => !new[] { "System", "Microsoft.Win32", "Microsoft.AspNetCore", "Microsoft.Extensions", "ConnectorPlatform" }.Any(known => name == known || name.StartsWith(known + ".", StringComparison.Ordinal)));
        var framework = new[] { "System.CommandLine" };

        Assert.Empty(named.Concat(SourceTree.Host.SelectMany(file => file.Usings).Intersect(framework))
            .Where(name => !Packages.Any(package => name == package.Namespace || name.StartsWith(package.Namespace + ".", StringComparison.Ordinal)))
            .Distinct());
    }
}
