using System.Text.Json;
using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.Forms;

namespace ConnectorPlatform.Host.Web.Connectors;

/// <summary>A field or a report of a connector, as its page tells of it.</summary>
internal sealed record ConnectorTopic(string Title, string Description, bool IsRequired);

/// <summary>What a connector's forms say about it to somebody who has not filled them in.</summary>
internal static class ConnectorForms
{
    private const string Report = "report";

    /// <summary>The choices of the field <c>report</c>; empty for a connector without one.</summary>
    public static IReadOnlyList<ConnectorTopic> Reports(ConnectorPackage package) =>
        Fields(package.DetailsForm).Where(entry => entry.Field.Name == Report).SelectMany(entry => entry.Field.Choices ?? [])
            .Select(choice => new ConnectorTopic(choice.Title, choice.Description ?? "", false)).ToList();

    /// <summary>What an account asks for.</summary>
    public static IReadOnlyList<ConnectorTopic> Credentials(ConnectorPackage package) => Topics(package.CredentialsForm, _ => true);

    /// <summary>What a DataSet asks for besides its report.</summary>
    public static IReadOnlyList<ConnectorTopic> Details(ConnectorPackage package) => Topics(package.DetailsForm, field => field.Name != Report);

    private static List<ConnectorTopic> Topics(JsonElement schema, Func<Field, bool> isWanted) =>
        Fields(schema).Where(entry => isWanted(entry.Field))
            .Select(entry => new ConnectorTopic(entry.Field.Title, entry.Field.Schema.TryGetProperty("description", out var text) ? text.GetString() ?? "" : "", entry.IsRequired)).ToList();

    // Fields that only some choices show are told too: whoever reads wants to know what may be asked.
    private static IEnumerable<(Field Field, bool IsRequired)> Fields(JsonElement schema)
    {
        var form = Form.Parse(schema);
        return form.Scope.Sites.Values.Select(sites => sites[0].Field).OrderBy(field => field.Order ?? int.MaxValue)
            .Select(field => (field, form.Root.Required.Contains(field.Name)));
    }
}
