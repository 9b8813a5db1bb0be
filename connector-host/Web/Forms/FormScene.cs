using System.Text.Json;
using ConnectorPlatform.Host.Forms;
using ConnectorPlatform.Host.Runs.Menus;

namespace ConnectorPlatform.Host.Web.Forms;

/// <summary>
/// A form on a page: what stays the same from its first sight to its last post. A page that has one
/// <list type="number">
/// <item>shows it: <c>Form = FormPresenter.Open(scene, data, isSaved)</c> in its model, and in its template
/// <c>&lt;form method="post" novalidate&gt;{{ form_token }}{{ part "form" form }}&lt;button class="button primary"&gt;Save&lt;/button&gt;&lt;/form&gt;</c>;</item>
/// <item>maps POST of its own path and of <see cref="RefreshPath"/> to one handler, which reads <c>post = await FormPost.ReadAsync(context.Request, scene, cancellationToken)</c>;</item>
/// <item>while <c>!post.IsSubmit</c> (a controller has changed, a row is added, a menu is loaded) answers with <c>view = await FormPresenter.AfterAsync(scene, post, [], cancellationToken)</c>: as
/// <c>site.Part(context, view.Fragment.Template, view.Fragment.Model)</c> on the refresh path, or as its whole page on its own path, which is how it works without scripts;</item>
/// <item>on a submit validates <c>post.Settled</c>; with errors it shows <c>AfterAsync(scene, post, errors, …)</c> as its page with status 400.</item>
/// </list>
/// The form's controls are named by JSON pointers, which begin with a slash, or <c>form_…</c>; the page may have controls of its own beside them.
/// </summary>
internal sealed record FormScene
{
    public required Form Form { get; init; }

    /// <summary>A path of the page that answers posts with the form's fragment.</summary>
    public required string RefreshPath { get; init; }

    /// <summary>Null where no connector can be asked: live menus are then boxes to type a value in.</summary>
    public IFormMenus? Menus { get; init; }

    /// <summary>JSON pointers of secrets that are stored and may be left empty to be kept.</summary>
    public IReadOnlySet<string> StoredSecrets { get; init; } = new HashSet<string>();

    /// <summary>How one signs in at the source when the data asks for it; null where that cannot be done.</summary>
    public Func<JsonElement, SignInView?> SignIn { get; init; } = _ => null;

    /// <summary>What a field asks its live menu.</summary>
    public static MenuQuestion Question(LiveMenu menu, Settled settled, string pointer, string? search) => new()
    {
        Menu = menu,
        Details = settled.Data,
        Place = JsonPointer.Parent(pointer),
        Search = string.IsNullOrWhiteSpace(search) ? null : search.Trim(),
    };
}
