using System.Text.Json;

namespace ConnectorPlatform.Host.Forms.Lint;

/// <summary>L2: the header says what the file is.</summary>
internal static class HeaderRules
{
    public static IEnumerable<FormProblem> Check(JsonElement root)
    {
        if (root.Text("$schema")?.TrimEnd('#') is not "http://json-schema.org/draft-07/schema")
        {
            yield return Problem("/$schema", "$schema must be \"http://json-schema.org/draft-07/schema#\".");
        }

        if (root.Text("type") is not "object")
        {
            yield return Problem("/type", "The form's type must be \"object\".");
        }

        if (root.Has("$id"))
        {
            yield return Problem("/$id", "Remove $id: a form's references are all local.");
        }

        if (root.Text("x-dialect") is not Form.Dialect)
        {
            yield return Problem("/x-dialect", $"x-dialect must be \"{Form.Dialect}\".");
        }

        if (root.Text("x-pane") is not ("credentials" or "details"))
        {
            yield return Problem("/x-pane", "x-pane must be \"credentials\" or \"details\".");
        }
    }

    private static FormProblem Problem(string pointer, string message) => new("L2", pointer, message);
}
