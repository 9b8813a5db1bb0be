using System.Text.Json;
using ConnectorPlatform.Host.Forms;
using ConnectorPlatform.Host.Web.Forms;
using ConnectorPlatform.Host.Web.Site;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Primitives;

namespace ConnectorPlatform.Tests.Web;

/// <summary>Forms rendered by the real templates, without a server.</summary>
internal static class FormPage
{
    private static readonly SiteFiles Files = new(new ConfigurationBuilder().Build());

    // Forms tell no instants, so that no zone is asked for.
    private static readonly HtmlTemplates Templates = new(Files, new Assets(Files), zone: null!);

    public static Form Gallery { get; } = Form.Parse(JsonElement.Parse(Files.ReadText("Forms/gallery.json")));

    public static FormScene Scene(Form form) => new() { Form = form, RefreshPath = "/refresh", Menus = new GalleryMenus() };

    public static string Open(FormScene scene, string data, bool isSaved = false) => Render(FormPresenter.Open(scene, JsonElement.Parse(data), isSaved));

    public static FormPost Post(FormScene scene, params (string Name, string Value)[] controls) =>
        FormPost.Read(new FormCollection(controls.GroupBy(control => control.Name).ToDictionary(group => group.Key, group => new StringValues([.. group.Select(control => control.Value)]))), scene);

    public static async Task<string> AfterAsync(FormScene scene, FormPost post, params FormError[] errors) =>
        Render(await FormPresenter.AfterAsync(scene, post, errors, TestContext.Current.CancellationToken));

    private static string Render(FormView view) => Templates.Render("form", view, new PageRequest(() => "", _ => true, _ => true, false));
}
