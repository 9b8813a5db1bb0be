using System.Text.Json;
using ConnectorPlatform.Host;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Metadata;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Host.Runs.Sessions;
using ConnectorPlatform.Tests.Support;

namespace ConnectorPlatform.Tests.Runs;

public sealed class DataSetEditTests : IAsyncDisposable
{
    private readonly TestPlatform _platform = new();

    private DataSetEdit Edit => _platform.Part<DataSetEdit>();

    private DataSetConfigurationStore DataSets => _platform.Part<DataSetConfigurationStore>();

    public ValueTask DisposeAsync() => _platform.DisposeAsync();

    [Fact]
    public void Of_two_editors_the_second_hears_what_the_first_has_changed_and_changes_nothing()
    {
        var seen = _platform.AddDataSet("hello");
        Edit.Save(seen with { UpdateMethod = UpdateMethod.Append }, ChangeOrigin.Page);

        var refused = Assert.Throws<PlatformException>(() => Edit.Save(seen with { Name = "Mine" }, ChangeOrigin.Api));

        Assert.Equal(PlatformFault.Conflict, refused.Fault);
        Assert.Contains("(Update method), after you had opened it. Nothing was saved", refused.Message, StringComparison.Ordinal);
        var stored = DataSets.Get(seen.Id);
        Assert.Equal((seen.Name, UpdateMethod.Append, 2L), (stored.Name, stored.UpdateMethod, stored.Version));
    }

    [Fact]
    public async Task Of_editors_at_one_time_exactly_one_wins()
    {
        var seen = _platform.AddDataSet("hello");

        var saved = await Task.WhenAll(Enumerable.Range(0, 8).Select(number => Task.Run(() =>
        {
            try
            {
                return Edit.Save(seen with { Name = $"Name {number}" }, ChangeOrigin.Api);
            }
            catch (PlatformException exception) when (exception.Fault == PlatformFault.Conflict)
            {
                return null;
            }
        })));

        Assert.Equal(DataSets.Get(seen.Id).Name, Assert.Single(saved, one => one is not null)!.Name);
        Assert.Single(_platform.Part<DataSetChangeStore>().Of(seen.Id, 100));
    }

    [Fact]
    public void The_history_says_who_changed_what_in_the_words_of_the_form()
    {
        var package = TestPlatform.Catalog.Find("bitly");
        var setup = _platform.Part<DataSetSetup>();
        var dataSet = setup.AddDataSet("Clicks", package, AccountChoice.SampleData, JsonElement.Parse("""{ "report": "user_clicks" }"""), UpdateMethod.Replace);

        Edit.Save(setup.WithDetails(dataSet, package, JsonElement.Parse("""{ "report": "user_clicks", "unit": "week" }""")) with { Name = "Weeks" }, ChangeOrigin.Page);

        var change = Assert.Single(_platform.Part<DataSetChangeStore>().Of(dataSet.Id, 10));
        Assert.Equal(ChangeOrigin.Page, change.Origin);
        Assert.Equal([new FieldChange("Name", "Clicks", "Weeks"), new FieldChange("Unit", "Day", "Week")], change.Fields);
    }

    [Fact]
    public void A_save_that_changes_nothing_leaves_no_trace()
    {
        var dataSet = _platform.AddDataSet("hello");

        Assert.Equal(1, Edit.Save(dataSet, ChangeOrigin.Page).Version);
        Assert.Empty(_platform.Part<DataSetChangeStore>().Of(dataSet.Id, 10));
    }

    [Fact]
    public void A_name_that_another_DataSet_has_is_refused_whatever_its_case()
    {
        var (first, second) = (_platform.AddDataSet("hello"), _platform.AddDataSet("hello"));

        var refused = Assert.Throws<PlatformException>(() => Edit.Save(second with { Name = first.Name.ToUpperInvariant() }, ChangeOrigin.Page));

        Assert.Contains("choose another name", refused.Message, StringComparison.Ordinal);
        Assert.Equal(second.Name, DataSets.Get(second.Id).Name);
    }

    [Fact]
    public void What_several_stores_do_together_is_done_by_all_or_by_none()
    {
        var (dataSet, changes) = (_platform.AddDataSet("hello"), _platform.Part<DataSetChangeStore>());

        Assert.Throws<InvalidOperationException>(() => _platform.Part<MetadataDatabase>().Together(() =>
        {
            Edit.Save(dataSet with { Name = "Half" }, ChangeOrigin.Page);
            Assert.Equal("Half", DataSets.Get(dataSet.Id).Name);
            Assert.Single(changes.Of(dataSet.Id, 10));
            throw new InvalidOperationException("Something fails at the end.");
        }));

        Assert.Equal(dataSet.Name, DataSets.Get(dataSet.Id).Name);
        Assert.Empty(changes.Of(dataSet.Id, 10));
    }
}
