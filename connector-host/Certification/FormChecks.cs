using System.Text.Json;
using ConnectorPlatform.Host.Forms;
using ConnectorPlatform.Host.Forms.Validation;

namespace ConnectorPlatform.Host.Certification;

/// <summary>Bronze: the forms, filled in at random.</summary>
internal sealed class FormChecks(FormValidator validator)
{
    private const int Configurations = 1000;

    // Every author gets the same thousand.
    private const int Seed = 20261030;

    public IReadOnlyList<Check> All =>
    [
        new("forms-branches", CertificateLevel.Bronze, "Every field of the forms can be reached by filling it in.", (subject, _) => ReachAsync(subject)),
        new("forms-generated", CertificateLevel.Bronze, "A thousand generated configurations settle once and for all, and evaluator, validator and page agree on them.", (subject, _) => AgreeAsync(subject)),
    ];

    private static IEnumerable<(string Name, Form Form)> FormsOf(Subject subject) =>
    [
        ("credentials", Form.Parse(subject.Package.CredentialsForm)),
        ("details", Form.Parse(subject.Package.DetailsForm)),
    ];

    private static Task ReachAsync(Subject subject)
    {
        foreach (var (name, form) in FormsOf(subject))
        {
            var generator = new FormGenerator(new Random(Seed));
            var unseen = form.Scope.Sites.Keys.Select(field => JsonPointer.Append("", field)).ToHashSet();
            for (var i = 0; i < 20 * Configurations && unseen.Count > 0; i++)
            {
                unseen.ExceptWith(form.Settle(generator.Next(form)).Visible);
            }

            if (unseen.Count > 0)
            {
                throw new CheckFailedException($"{name}.json: no configuration of {20 * Configurations} shows {string.Join(", ", unseen.Order())}. Correct the condition under which it stands, or remove it.");
            }
        }

        return Task.CompletedTask;
    }

    private Task AgreeAsync(Subject subject)
    {
        foreach (var (name, form) in FormsOf(subject))
        {
            var generator = new FormGenerator(new Random(Seed));
            for (var i = 0; i < Configurations; i++)
            {
                Judge(name, form, generator.Next(form));
            }

            Judge(name, form, JsonElement.Parse("{}"));
        }

        return Task.CompletedTask;
    }

    private void Judge(string name, Form form, JsonElement data)
    {
        var settled = form.Settle(data);
        var again = form.Settle(settled.Data);
        if (!settled.IsAtRest || !JsonElement.DeepEquals(settled.Data, again.Data))
        {
            throw new CheckFailedException($"{name}.json contradicts itself: {data} settles to {settled.Data} and that to {again.Data}.");
        }

        var errors = validator.Validate(form, settled, UnknownNames.Refused);
        if (errors.FirstOrDefault(error => IsOfDefault(settled, data, error.Path)) is { } ofDefault)
        {
            throw new CheckFailedException($"{name}.json {ofDefault.Path}: its own default is refused: {ofDefault.Message}");
        }

        if (errors.Count > 0)
        {
            return;
        }

        var posted = HtmlFormDecoder.Decode(form, FormControls.Of(settled.Data));
        var fromPage = form.Settle(posted, settled.Visible.ToHashSet());
        if (!JsonElement.DeepEquals(FormControls.WithoutEmpty(settled.Data), FormControls.WithoutEmpty(fromPage.Data)))
        {
            throw new CheckFailedException($"{name}.json: {settled.Data} comes back from the page as {fromPage.Data}.");
        }
    }

    // Nobody has filled it in, and yet it is wrong.
    private static bool IsOfDefault(Settled settled, JsonElement data, string pointer) =>
        settled.Fields.TryGetValue(pointer, out var field) && field.Default is { } && pointer.Count(character => character == '/') == 1
        && !(data.ValueKind == JsonValueKind.Object && data.TryGetProperty(field.Name, out _));
}
