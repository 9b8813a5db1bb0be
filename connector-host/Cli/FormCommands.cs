using System.CommandLine;
using ConnectorPlatform.Host.Forms;
using ConnectorPlatform.Host.Forms.Validation;

namespace ConnectorPlatform.Host.Cli;

/// <summary><c>form settle</c>: the form evaluator on standard input.</summary>
internal static class FormCommands
{
    public static void AddTo(Command root) => root.Add(new Command("form", "A connector's forms.") { Settle() });

    private static Command Settle()
    {
        var connector = new Option<string?>("--connector") { Description = "The connector whose form is used." };
        var pane = new Option<string>("--pane") { Description = "Which of its forms.", DefaultValueFactory = _ => "details" };
        pane.AcceptOnlyFromAmong("credentials", "details");
        var schema = new Option<string?>("--schema") { Description = "A file with a form, instead of a connector's." };
        var batch = new Option<bool>("--batch") { Description = "Read one JSON object {\"id\",\"schema\"?,\"data\"} a line, and answer each with a line." };
        var command = new Command(
            "settle",
            "Read {\"id\"?,\"schema\"?,\"data\"} from standard input and write which fields are visible and required, the settled data, its errors, and why fields are hidden.")
        {
            connector, pane, schema, batch,
        };
        command.Does(async (invocation, cancellationToken) =>
        {
            var form = FormOf(invocation, invocation.Value(connector), invocation.Value(pane)!, invocation.Value(schema));
            var settle = new FormSettle(invocation.Part<FormValidator>(), form);
            var shape = invocation.Value(batch) ? SettleInput.Lines : SettleInput.Envelope;
            var wrong = await settle.RunAsync(Console.In, Console.Out, shape, cancellationToken).ConfigureAwait(false);
            return wrong == 0 || shape == SettleInput.Lines ? ExitCode.Success : ExitCode.Input;
        });
        return command;
    }

    private static Form? FormOf(Invocation invocation, string? connector, string pane, string? schema)
    {
        if (schema is not null)
        {
            return Form.Parse(Options.ReadObject(Options.ReadFile(schema), $"The form {schema}"));
        }

        if (connector is null)
        {
            return null;
        }

        var package = invocation.LookAtConnectors().Find(connector);
        return Form.Parse(pane == "credentials" ? package.CredentialsForm : package.DetailsForm);
    }
}
