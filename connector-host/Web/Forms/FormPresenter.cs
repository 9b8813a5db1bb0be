using System.Text.Json;
using ConnectorPlatform.Host.Forms;

namespace ConnectorPlatform.Host.Web.Forms;

/// <summary>Turns settled data into what the page shows. Which fields there are, the evaluator has decided; see <see cref="FormScene"/> for how a page uses it.</summary>
internal static class FormPresenter
{
    /// <summary>The form as it is first shown.</summary>
    /// <param name="scene">The form.</param>
    /// <param name="data">What is filled in.</param>
    /// <param name="isSaved">Whether the user has seen the data's fields: what is empty then was left empty on purpose and gets no default.</param>
    public static FormView Open(FormScene scene, JsonElement data, bool isSaved)
    {
        var settled = scene.Form.Settle(data);
        if (isSaved)
        {
            settled = scene.Form.Settle(data, settled.Visible.ToHashSet());
        }

        return Present(new FieldPresenter(scene, settled, [], new Dictionary<string, string>()), null);
    }

    /// <summary>The form after a post: with the menu that it asked for, or the errors of its data.</summary>
    public static async Task<FormView> AfterAsync(FormScene scene, FormPost post, IReadOnlyList<FormError> errors, CancellationToken cancellationToken)
    {
        var settled = post.Settled;
        var asked = post.Action.Verb is "menu" or "search" ? post.Action.Pointer : null;
        if (asked is not null && scene.Menus is { } menus && settled.Fields.TryGetValue(asked, out var field) && field.Menu is { } menu)
        {
            var question = FormScene.Question(menu, settled, asked, post.Searches.GetValueOrDefault(asked));
            if (question.Missing.Count == 0)
            {
                await menus.GetAsync(question, cancellationToken).ConfigureAwait(false);
            }
        }

        return Present(new FieldPresenter(scene, settled, errors, post.Searches), asked);
    }

    private static FormView Present(FieldPresenter presenter, string? asked)
    {
        var fields = presenter.FieldsOf("");
        var sections = Sections(presenter.Scene.Form, presenter, [.. fields.Where(field => !presenter.IsAdvanced(field))]);
        var advanced = presenter.AdvancedOf(fields);
        var onThePage = All([.. sections.SelectMany(section => section.Fields), .. advanced.Fields]).Select(field => field.Id).ToList();
        return new()
        {
            RefreshPath = presenter.Scene.RefreshPath,
            Fields = fields,
            Sections = sections,
            Advanced = advanced,
            Errors = [.. presenter.ErrorLinks().OrderBy(error => onThePage.IndexOf(error.Target))],
            SignIn = presenter.Scene.SignIn(presenter.Settled.Data),
            Asked = asked is null ? null : All(fields).FirstOrDefault(field => field.Name == asked),
        };
    }

    private static List<SectionView> Sections(Form form, FieldPresenter presenter, IReadOnlyList<FieldView> fields)
    {
        var groups = form.Schema.Items("x-groups").Where(group => group.Text("id") is not null).DistinctBy(group => group.Text("id")).ToDictionary(group => group.Text("id")!);
        return
        [
            .. fields.GroupBy(field => presenter.GroupOf(field) is { } id && groups.ContainsKey(id) ? id : "").Select(section =>
            {
                var group = groups.GetValueOrDefault(section.Key);
                var isCollapsible = group.IsTrue("collapsed");
                return new SectionView
                {
                    Title = group.Text("title"),
                    Description = group.Text("description"),
                    IsCollapsible = isCollapsible,
                    IsOpen = isCollapsible && section.Any(FieldPresenter.IsNoteworthy),
                    Fields = [.. section],
                };
            }),
        ];
    }

    private static IEnumerable<FieldView> All(IEnumerable<FieldView> fields) =>
        fields.SelectMany(field => All([.. field.Fields, .. field.Advanced.Fields, .. field.Rows.SelectMany(row => row.Fields)]).Prepend(field));
}
