using System.Security.Cryptography;
using System.Text;
using ConnectorPlatform.Host.Forms;
using ConnectorPlatform.Host.Runs.Menus;

namespace ConnectorPlatform.Host.Web.Forms;

/// <summary>Shows live menus as far as they are known. One that is not is loaded by the page when it has been shown, or by a button where there are no scripts.</summary>
internal sealed class MenuPresenter(FormScene scene, Settled settled, IReadOnlyDictionary<string, string> searches)
{
    // A longer menu is quicker searched than read.
    private const int MostWithoutSearch = 50;

    public FieldView Present(FieldView view, LiveMenu menu, IReadOnlyList<string> chosen)
    {
        var menus = scene.Menus!;
        var search = searches.GetValueOrDefault(view.Name);
        var question = FormScene.Question(menu, settled, view.Name, menu.Search ? search : null);
        var answer = question.Missing.Count == 0 ? menus.Known(question) : null;
        var offered = answer?.Options ?? [];
        var shown = menu.Search || string.IsNullOrWhiteSpace(search)
            ? offered
            : [.. offered.Where(option => option.Label.Contains(search.Trim(), StringComparison.CurrentCultureIgnoreCase))];
        List<MenuOption> named = [.. chosen.Select(value => new MenuOption(value, menus.LabelOf(question, value) ?? value))];
        var kept = named.Where(option => !shown.Any(other => other.Value == option.Value));
        return view with
        {
            Options = [.. kept.Concat(shown).Select((option, index) => new OptionView
            {
                Id = $"{view.Id}--{index}",
                Value = option.Value,
                Title = option.Label,
                Description = option.Description,
                IsChosen = chosen.Contains(option.Value),
            })],
            Menu = new MenuView
            {
                State = State(question, answer, shown.Count),
                Key = KeyOf(question),
                Message = MessageOf(question, answer, view, view.Name),
                Search = menu.Search || offered.Count > MostWithoutSearch ? search ?? "" : null,
                AllowsCustom = menu.AllowCustom,
            },
        };
    }

    private static string State(MenuQuestion question, MenuAnswer? answer, int shown) =>
        question.Missing.Count > 0 ? "waiting" : answer is null ? "loading" : answer.Failure is not null ? "failed" : shown == 0 ? "empty" : "ready";

    private string? MessageOf(MenuQuestion question, MenuAnswer? answer, FieldView view, string pointer)
    {
        if (question.Missing.Count > 0)
        {
            var titles = question.Missing.Select(name => settled.Fields.GetValueOrDefault(JsonPointer.Append(JsonPointer.Parent(pointer), name))?.Title ?? name);
            return $"Fill in {string.Join(" and ", titles)} first.";
        }

        return answer switch
        {
            null => null,
            { Failure: { } failure } => $"The choices could not be loaded. {failure}",
            { Options.Count: 0 } => question.Search is { } search ? $"Nothing is called “{search}”." : $"The source offers nothing to choose for {view.Title}.",
            _ => null,
        };
    }

    // Only tells one question from another: what is asked may be long.
    private static string KeyOf(MenuQuestion question) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(question.Key)))[..12];
}
