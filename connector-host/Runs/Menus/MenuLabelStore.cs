using ConnectorPlatform.Host.Metadata;

namespace ConnectorPlatform.Host.Runs.Menus;

/// <summary>What chosen values of live menus are called, so that a form opens in words while the source cannot be asked.</summary>
internal sealed class MenuLabelStore(MetadataDatabase database)
{
    public string? Find(string accountKey, string menu, string value) =>
        database.Find<string>("SELECT label FROM menu_labels WHERE account_key = @accountKey AND menu = @menu AND value = @value", new { accountKey, menu, value });

    public void Remember(string accountKey, string menu, string value, string label)
    {
        if (Find(accountKey, menu, value) != label)
        {
            database.Execute(
                "INSERT INTO menu_labels (account_key, menu, value, label) VALUES (@accountKey, @menu, @value, @label) "
                + "ON CONFLICT (account_key, menu, value) DO UPDATE SET label = excluded.label",
                new { accountKey, menu, value, label });
        }
    }
}
