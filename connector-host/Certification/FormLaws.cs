using System.Text.Json;
using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.Forms;
using ConnectorPlatform.Host.Forms.Validation;

namespace ConnectorPlatform.Host.Certification;

/// <summary>What the evaluator, the validator and the page make of a form is the same. The dialect's lint has passed before.</summary>
internal static class FormLaws
{
    private const int Configurations = 1_000;

    /// <summary>Keywords by which the validator would refuse a value that the form's own menu offers.</summary>
    private static readonly string[] OfMenus = ["enum", "const", "oneOf", "type"];

    public static IEnumerable<Law> For(ConnectorPackage package, FormValidator validator) =>
    [
        new("forms.branches", CertificateLevel.Bronze, "Every branch of a form is reached by some configuration.", _ => AskAsync(package, Branches)),
        new("forms.settle", CertificateLevel.Bronze, "1,000 generated configurations come to rest, and stay there.", _ => AskAsync(package, Rest)),
        new("forms.validator", CertificateLevel.Bronze, "Evaluator and validator agree on what is required and what menus offer.", _ => AskAsync(package, (file, form) => Validator(file, form, validator))),
        new("forms.page", CertificateLevel.Bronze, "What the page posts settles to the same data.", _ => AskAsync(package, Page)),
    ];

    /// <summary>The laws that need the connector's code and samples.</summary>
    public static IEnumerable<Law> For(Bench bench, FormValidator validator) =>
    [
        new("forms.menus", CertificateLevel.Bronze, "The connector knows every live menu of its form.", token => MenusAsync(bench, token)),
        new("forms.examples", CertificateLevel.Bronze, "The samples' examples are valid details.", _ => Task.FromResult(Examples(bench, validator))),
    ];

    private static Task<Finding> AskAsync(ConnectorPackage package, Func<string, Form, IEnumerable<string>> ask) => Task.Run(() => Finding.Of(
        ask("credentials.json", Form.Parse(package.CredentialsForm)).Concat(ask("details.json", Form.Parse(package.DetailsForm)))));

    private static IEnumerable<Settled> Generated(Form form, bool within = false)
    {
        var configurations = new Configurations(form, within);
        return Enumerable.Range(0, Configurations).Select(_ => form.Settle(configurations.Next()));
    }

    private static IEnumerable<string> Branches(string file, Form form)
    {
        var reached = new HashSet<string>(StringComparer.Ordinal);

        // A branch that only a forbidden value reaches is reached by nobody.
        foreach (var settled in Generated(form, within: true))
        {
            BranchWalk.Reach(form.Root, settled.Data, reached);
        }

        return BranchWalk.All(form.Root).Where(branch => !reached.Contains(branch)).Select(branch =>
            $"{file} {branch} is reached by none of {Configurations} configurations that keep to the fields' bounds: correct its condition, or remove it.");
    }

    private static IEnumerable<string> Rest(string file, Form form) => Generated(form)
        .Where(settled => !settled.IsAtRest || !JsonElement.DeepEquals(form.Settle(settled.Data).Data, settled.Data))
        .Select(settled => $"{file}: {Secretless(settled)} does not come to rest: its fields hide and show each other; make their conditions one-way.");

    private static IEnumerable<string> Validator(string file, Form form, FormValidator validator)
    {
        var all = Generated(form).ToList();
        foreach (var (settled, errors) in all.Zip(all.Chunk(FormValidator.BatchSize).SelectMany(chunk => validator.ValidateAll([.. chunk.Select(one => (form, one))], UnknownNames.Refused))))
        {
            var missing = settled.Required.Where(pointer => JsonPointer.Find(settled.Data, pointer) is null).ToHashSet(StringComparer.Ordinal);
            var refused = errors.Where(error => error.Keyword == "required").Select(error => error.Path).ToHashSet(StringComparer.Ordinal);
            if (!missing.SetEquals(refused))
            {
                yield return $"{file}: for {Secretless(settled)} the page requires {Names(missing)}, the validator {Names(refused)}: say \"required\" where the field is declared.";
            }

            foreach (var error in errors.Where(error => OfMenus.Contains(error.Keyword) && IsOffered(settled, error.Path)))
            {
                yield return $"{file} {error.Path}: the menu offers a value that the validator refuses ({error.Keyword}: {error.Message}): offer only what is allowed.";
            }
        }
    }

    private static bool IsOffered(Settled settled, string pointer) =>
        settled.Fields.TryGetValue(pointer, out var field) && JsonPointer.Find(settled.Data, pointer) is { } value
        && field.Choices?.Any(choice => JsonElement.DeepEquals(choice.Value, value)) == true;

    private static IEnumerable<string> Page(string file, Form form) =>
        from settled in Generated(form)
        let posted = HtmlFormDecoder.Decode(form, PostedForm.Of(settled))
        let again = form.Settle(posted, settled.Visible.ToHashSet(StringComparer.Ordinal))
        where !JsonElement.DeepEquals(again.Data, settled.Data)
        select $"{file}: {Secretless(settled)}, posted by the page, becomes {again.Data.GetRawText()}: defaults and menus must be values as a page can send them.";

    private static async Task<Finding> MenusAsync(Bench bench, CancellationToken cancellationToken)
    {
        var problems = new List<string>();
        var form = Form.Parse(bench.Package.DetailsForm);
        var menus = ScopesOf(form.Scope).SelectMany(scope => scope.Sites.Values.SelectMany(sites => sites)).Select(site => site.Field.Menu?.Source).OfType<string>().Distinct().ToList();
        foreach (var menu in menus)
        {
            var details = bench.Examples.Count > 0 ? bench.Examples[^1].Details : JsonElement.Parse("{}");
            var (_, failure, unanswered) = await bench.MenuAsync(menu, details, cancellationToken).ConfigureAwait(false);
            if (failure is { Kind: FailureKind.Connector } && unanswered == 0)
            {
                problems.Add($"details.json asks for the menu \"{menu}\", which fails: {failure.Message} Answer it in GetMenuAsync, or correct its name.");
            }
        }

        return menus.Count == 0 ? Finding.NotApplicable("The details have no live menu.") : Finding.Of(problems);
    }

    private static Finding Examples(Bench bench, FormValidator validator)
    {
        var form = Form.Parse(bench.Package.DetailsForm);
        return Finding.Of(
            from example in bench.Examples
            from error in validator.Validate(form, form.Settle(example.Details), UnknownNames.Refused)
            select $"The example \"{example.Name}\" in samples/samples.json {error.Path}: {error.Message}");
    }

    private static IEnumerable<Scope> ScopesOf(Scope scope) => scope.Children.Values.SelectMany(ScopesOf).Prepend(scope);

    private static string Names(IEnumerable<string> pointers) => string.Join(", ", pointers.Order(StringComparer.Ordinal)) is { Length: > 0 } names ? names : "nothing";

    // Generated values are no secrets.
    private static string Secretless(Settled settled) => settled.Data.GetRawText();
}
