using ConnectorPlatform.Host.Runs.Menus;

namespace ConnectorPlatform.Host.Web.Forms;

/// <summary>The live menus of a form on a page.</summary>
internal interface IFormMenus
{
    /// <summary>The answer that is known; null when the menu must be loaded.</summary>
    MenuAnswer? Known(MenuQuestion question);

    /// <summary>The known answer, or the one that is loaded now.</summary>
    Task<MenuAnswer> GetAsync(MenuQuestion question, CancellationToken cancellationToken);

    /// <summary>What a value is called; null when that is not known.</summary>
    string? LabelOf(MenuQuestion question, string value);
}

/// <summary>Those of a connector, for one account.</summary>
internal sealed class ConnectorMenus(LiveMenus menus, MenuOwner owner) : IFormMenus
{
    public MenuAnswer? Known(MenuQuestion question) => menus.Known(owner, question);

    public Task<MenuAnswer> GetAsync(MenuQuestion question, CancellationToken cancellationToken) => menus.GetAsync(owner, question, cancellationToken);

    public string? LabelOf(MenuQuestion question, string value) => menus.LabelOf(owner, question, value);
}
