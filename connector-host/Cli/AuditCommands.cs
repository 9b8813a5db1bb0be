using System.CommandLine;
using System.Globalization;
using ConnectorPlatform.Host.Audit;

namespace ConnectorPlatform.Host.Cli;

/// <summary><c>audit list|export|verify</c>.</summary>
internal static class AuditCommands
{
    private static readonly Option<string?> Who = new("--who") { Description = "Only what this one did: part of a name, or an id or address." };

    private static readonly Option<string?> What = new("--what") { Description = "Only such actions: part of the word, such as removed." };

    private static readonly Option<string?> Subject = new("--subject") { Description = "Only what was done to it: part of its name, or its id, or a kind such as account." };

    private static readonly Option<string?> From = new("--from") { Description = "Only from this day or instant on, in UTC." };

    private static readonly Option<string?> Until = new("--until") { Description = "Only before this day or instant, in UTC." };

    public static void AddTo(Command root) => root.Add(new Command("audit", "Who did what when: every change, and every use of a secret.") { List(), Export(), Verify() });

    private static Command List()
    {
        var limit = new Option<int>("--limit") { Description = "How many lines to show.", DefaultValueFactory = _ => 50 };
        var command = new Command("list", "Show the last lines.") { Who, What, Subject, From, Until, limit };
        command.Does((invocation, _) =>
        {
            var found = invocation.Part<AuditLog>().Find(SearchOf(invocation), null, invocation.Value(limit));
            invocation.Output.Write(found, () => invocation.Output.Table(
                ["line", "at", "who", "from", "what", "subject", "name", "before", "after"],
                found.Select(entry => (object?[])
                    [entry.Sequence, entry.At, $"{entry.ActorName} ({entry.ActorKind})", entry.Address, entry.Action, entry.SubjectKind, entry.SubjectName, entry.Before, entry.After])));
            return Task.FromResult(ExitCode.Success);
        });
        return command;
    }

    private static Command Export()
    {
        var file = new Argument<string>("file") { Description = "The file; .csv for CSV, anything else for JSON lines." };
        var command = new Command("export", "Write lines into a file, the newest first.") { file, Who, What, Subject, From, Until };
        command.Does(async (invocation, cancellationToken) =>
        {
            var path = invocation.Value(file);
            var format = path.EndsWith(".csv", StringComparison.OrdinalIgnoreCase) ? AuditFormat.Csv : AuditFormat.JsonLines;
            var lines = invocation.Part<AuditLog>().FindAll(SearchOf(invocation));
            var target = new StreamWriter(path);
            await using (target.ConfigureAwait(false))
            {
                await AuditExport.WriteAsync(lines, format, target, cancellationToken).ConfigureAwait(false);
            }

            invocation.Output.Line($"Written to {path}.");
            return ExitCode.Success;
        });
        return command;
    }

    private static Command Verify()
    {
        var head = new Option<string?>("--head") { Description = "A hash that this command told before: the log must still hold it." };
        var command = new Command("verify", "Look whether lines were changed or taken out, and tell the hash of the last one.") { head };
        command.Does((invocation, _) =>
        {
            var verdict = invocation.Part<AuditLog>().Verify(invocation.Value(head));
            if (verdict.Trouble is { } trouble)
            {
                throw new PlatformException(PlatformFault.Storage, $"The audit log is not whole. {trouble}");
            }

            invocation.Output.Write(verdict, () => invocation.Output.Line(string.Create(
                CultureInfo.InvariantCulture, $"All {verdict.Lines} lines are as they were written. Keep the hash of the last one, to see later that the end is there: {verdict.Head}")));
            return Task.FromResult(ExitCode.Success);
        });
        return command;
    }

    private static AuditSearch SearchOf(Invocation invocation) => new()
    {
        Who = invocation.Value(Who),
        What = invocation.Value(What),
        Subject = invocation.Value(Subject),
        From = Instant(invocation, From),
        Until = Instant(invocation, Until),
    };

    private static DateTimeOffset? Instant(Invocation invocation, Option<string?> option) => invocation.Value(option) switch
    {
        null => null,
        { } text when DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant) => instant,
        { } text => throw new PlatformException(PlatformFault.Input, $"{option.Name} \"{text}\" is no day such as 2026-11-29 and no instant such as 2026-11-29T08:30:00Z."),
    };
}
