using System.CommandLine;
using ConnectorPlatform.Host.DataSets;

namespace ConnectorPlatform.Host.Cli;

/// <summary>The options by which people find a DataSet again; what is left out stays as it is.</summary>
internal sealed class LabelOptions
{
    private readonly Option<string?> _description = new("--description") { Description = "What the DataSet is for; an empty text removes it." };

    private readonly Option<string[]> _tags = new("--tag")
    {
        Description = "Tags, in place of those that are there; an empty text removes all.",
        AllowMultipleArgumentsPerToken = true,
    };

    public void AddTo(Command command)
    {
        command.Add(_description);
        command.Add(_tags);
    }

    /// <exception cref="PlatformException">The description or a tag is too long.</exception>
    public DataSetLabels Apply(Invocation invocation, DataSetLabels labels) => DataSetLabels.Of(
        invocation.Value(_description) ?? labels.Description,
        invocation.Value(_tags) is { Length: > 0 } tags ? tags.SelectMany(DataSetLabels.SplitTags) : labels.Tags);
}
