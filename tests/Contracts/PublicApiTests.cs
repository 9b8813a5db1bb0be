using System.Reflection;
using System.Xml.Linq;
using ConnectorPlatform.Tests.Support;

namespace ConnectorPlatform.Tests.Contracts;

public sealed class PublicApiTests
{
    private static readonly Assembly Contract = typeof(IConnector).Assembly;

    [Fact]
    public void The_public_api_is_the_approved_one()
    {
        var approved = Repository.PathOf("contracts", "PublicApi.txt");
        var actual = PublicApi.Describe(Contract);
        if (Environment.GetEnvironmentVariable("APPROVE_PUBLIC_API") == "1")
        {
            File.WriteAllText(approved, actual);
        }

        var beside = Repository.PathOf("artifacts", "PublicApi.actual.txt");
        File.WriteAllText(beside, actual);
        Assert.True(
            File.Exists(approved) && File.ReadAllText(approved) == actual,
            $"The contract's public API is not the approved one: compare {approved} with {beside}. "
            + "If the change is meant, run this test with APPROVE_PUBLIC_API=1 and commit the file; a breaking change needs a new major version.");
    }

    [Fact]
    public void There_are_no_more_than_twelve_public_types() => Assert.InRange(Contract.GetExportedTypes().Length, 1, 12);

    [Fact]
    public void The_contract_depends_on_the_base_class_library_alone() =>
        Assert.All(Contract.GetReferencedAssemblies(), reference => Assert.StartsWith("System.", reference.Name, StringComparison.Ordinal));

    [Fact]
    public void The_binding_identity_is_the_major_version() => Assert.Equal(new Version(1, 0, 0, 0), Contract.GetName().Version);

    [Fact]
    public void Every_public_member_parameter_and_result_is_documented()
    {
        var documentation = XDocument.Load(Path.ChangeExtension(Contract.Location, ".xml")).Descendants("member")
            .ToLookup(member => member.Attribute("name")!.Value.Split('(')[0].Split('`')[0]);

        Assert.Empty(Contract.GetExportedTypes().SelectMany(type => Undocumented(type, documentation)));
    }

    private static IEnumerable<string> Undocumented(Type type, ILookup<string, XElement> documentation)
    {
        var ofType = documentation[$"T:{type.FullName}"].SingleOrDefault();
        if (Text(ofType?.Element("summary")).Length == 0)
        {
            yield return type.FullName!;
        }

        foreach (var member in PublicApi.MembersOf(type))
        {
            var name = $"{type.FullName}.{member.Name}";
            if (member is ConstructorInfo or MethodInfo)
            {
                // Parameters of a primary constructor are documented with their type.
                var ofMethod = member is ConstructorInfo ? ofType : documentation[$"M:{name}"].FirstOrDefault();
                var parameters = ((MethodBase)member).GetParameters().Where(parameter => Text(Named(ofMethod, parameter.Name!)).Length == 0);
                var isSilent = Text(ofMethod?.Element("summary")).Length == 0
                    || (member is MethodInfo { ReturnType: var result } && result != typeof(void) && Text(ofMethod?.Element("returns")).Length == 0);
                foreach (var missing in parameters.Select(parameter => $"{name}({parameter.Name})").Concat(isSilent ? [name] : []))
                {
                    yield return missing;
                }
            }
            else if (documentation.SelectMany(group => group).FirstOrDefault(entry => entry.Attribute("name")!.Value[2..] == name) is not { } ofMember
                ? Text(Named(ofType, member.Name)).Length == 0
                : Text(ofMember.Element("summary")).Length == 0)
            {
                yield return name;
            }
        }
    }

    private static XElement? Named(XElement? member, string parameter) =>
        member?.Elements("param").FirstOrDefault(element => element.Attribute("name")!.Value == parameter);

    private static string Text(XElement? element) => element?.Value.Trim() ?? "";
}
