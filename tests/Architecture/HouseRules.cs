using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace ConnectorPlatform.Tests.Architecture;

/// <summary>The rules of the house that a machine can hold.</summary>
public sealed class HouseRules
{
    private const int LongestFile = 300;

    private static readonly string[] BannedEndings = ["Manager", "Provider", "Factory", "Helper", "Util", "Utils", "Service", "Base", "Impl", "Info", "Data"];

    private static readonly Assembly Host = typeof(Host.PlatformException).Assembly;

    /// <summary>Where SQL is at home.</summary>
    private static readonly string[] Stores =
    [
        "connector-host/Metadata/",
        "connector-host/Audit/",
        "connector-host/DataSets/",
        "connector-host/Accounts/AccountStore.cs",
        "connector-host/Accounts/OAuth/",
        "connector-host/Accounts/Invitations/",
        "connector-host/Runs/RunStore.cs",
        "connector-host/Runs/Backfills/BackfillStore.cs",
        "connector-host/Runs/Drafts/DraftStore.cs",
        "connector-host/Runs/RunHistory.cs",
        "connector-host/Runs/Menus/MenuLabelStore.cs",
        "connector-host/Runs/Listing/DataSetListing.cs",
        "connector-host/Schedules/",
        "connector-host/Notices/Storage/",
        "connector-host/People/Storage/",
        "connector-host/Web/Api/IdempotencyStore.cs",
    ];

    /// <summary>The web SDK itself makes the class of the top-level statements public.</summary>
    [Fact]
    public void Every_type_of_the_host_is_internal() =>
        Assert.Equal(["Program"], Host.GetExportedTypes().Select(type => type.FullName));

    [Fact]
    public void No_type_has_an_empty_name_ending()
    {
        var types = new[] { Host, typeof(IConnector).Assembly, typeof(HouseRules).Assembly }.SelectMany(assembly => assembly.GetTypes())
            .Where(type => !IsGenerated(type) && type.Namespace?.StartsWith("ConnectorPlatform", StringComparison.Ordinal) == true);

        Assert.Empty(types.Where(type => BannedEndings.Any(ending => type.Name.Split('`')[0].EndsWith(ending, StringComparison.Ordinal))).Select(type => type.FullName));
    }

    [Fact]
    public void A_class_is_sealed_unless_it_is_abstract_or_another_derives_from_it()
    {
        var types = new[] { Host, typeof(IConnector).Assembly }.SelectMany(assembly => assembly.GetTypes()).Where(type => !IsGenerated(type)).ToList();
        var parents = types.Select(type => type.BaseType is { IsGenericType: true } parent ? parent.GetGenericTypeDefinition() : type.BaseType).ToHashSet();

        Assert.Empty(types.Where(type => type is { IsClass: true, IsSealed: false, IsAbstract: false } && !parents.Contains(type)).Select(type => type.FullName));
    }

    [Fact]
    public void No_file_is_longer_than_a_reader_holds() =>
        Assert.Empty(SourceTree.All.Where(file => file.Lines.Length > LongestFile).Select(file => $"{file.Path}: {file.Lines.Length} lines"));

    [Theory]
    [InlineData(@"\bDateTime(Offset)?\.(Now|UtcNow|Today)\b")]
    [InlineData(@"\bThread\.Sleep\b")]
    [InlineData(@"\bTask\.Delay\([^,()]+\)")]
    [InlineData(@"\bStopwatch\.")]
    public void The_clock_is_asked_through_TimeProvider_alone(string pattern) =>
        Assert.Empty(Find([.. SourceTree.Host, .. SourceTree.Contracts, .. SourceTree.Connectors], pattern));

    [Fact]
    public void No_test_sleeps() => Assert.Empty(Find(SourceTree.Tests.Where(file => file.Folder != "tests/Architecture"), @"\bThread\.Sleep\b"));

    [Fact]
    public void SQL_is_at_home_in_the_stores() =>
        Assert.Empty(Find(
            SourceTree.Host.Where(file => !Stores.Any(store => file.Path.StartsWith(store, StringComparison.Ordinal))),
            @"""\s*(SELECT|INSERT INTO|UPDATE|DELETE FROM|CREATE TABLE|ALTER TABLE|DROP TABLE|PRAGMA|COPY) "));

    [Fact]
    public void Cancellation_comes_last_and_asynchronous_methods_say_what_they_are()
    {
        // The methods of a delegate have the names that the language gives them.
        var methods = new[] { Host, typeof(IConnector).Assembly }.SelectMany(assembly => assembly.GetTypes())
            .Where(type => !IsGenerated(type) && !typeof(Delegate).IsAssignableFrom(type))
            .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly))
            // A name with a dot implements an interface explicitly: somebody else chose it.
            .Where(method => !method.IsDefined(typeof(CompilerGeneratedAttribute)) && !method.Name.Contains('<', StringComparison.Ordinal) && !method.Name.Contains('.', StringComparison.Ordinal))
            .ToList();

        Assert.Empty(methods
            .Where(method => method.GetParameters() is { Length: > 0 } parameters
                && parameters.SkipLast(1).Any(parameter => parameter.ParameterType == typeof(CancellationToken)))
            .Select(Name));
        Assert.Empty(methods.Where(method => IsAwaitable(method.ReturnType) && !method.Name.EndsWith("Async", StringComparison.Ordinal)).Select(Name));
    }

    [Fact]
    public void No_file_has_regions_banners_or_work_left_to_do()
    {
        var files = SourceTree.All.Where(file => file.Folder != "tests/Architecture");

        Assert.Empty(Find(files, @"^\s*#region|\bTODO\b|\bFIXME\b|\bHACK\b|^\s*//\s*[-=*#]{3,}"));
    }

    private static bool IsAwaitable(Type type) =>
        type == typeof(Task) || type == typeof(ValueTask)
        || (type.IsGenericType && new[] { typeof(Task<>), typeof(ValueTask<>), typeof(IAsyncEnumerable<>) }.Contains(type.GetGenericTypeDefinition()));

    private static bool IsGenerated(Type type) =>
        type.Name.Contains('<', StringComparison.Ordinal) || type.IsDefined(typeof(CompilerGeneratedAttribute))
        || type.Namespace?.StartsWith("ConnectorPlatform", StringComparison.Ordinal) != true
        || (type.DeclaringType is { } outer && IsGenerated(outer));

    private static string Name(MethodInfo method) => $"{method.DeclaringType!.FullName}.{method.Name}";

    private static IEnumerable<string> Find(IEnumerable<SourceFile> files, string pattern) =>
        from file in files
        from line in file.Lines.Index()
        where Regex.IsMatch(line.Item, pattern)
        select $"{file.Path}:{line.Index + 1}: {line.Item.Trim()}";
}
