using System.CommandLine;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Notices;
using ConnectorPlatform.Host.Notices.Storage;

namespace ConnectorPlatform.Host.Cli;

/// <summary><c>notice add|list|remove|test|log</c>.</summary>
internal static class NoticeCommands
{
    private const int NoticesShown = 20;

    public static void AddTo(Command root) =>
        root.Add(new Command("notice", "Who is told what happens to DataSets, by e-mail or webhook.") { NoticeAddCommand.Create(), List(), Remove(), Test(), Log() });

    private static Argument<string> Name() => new("name") { Description = "The rule's name." };

    private static Command List()
    {
        var command = new Command("list", "List the rules, without their secrets.");
        command.Does((invocation, _) =>
        {
            var outbox = invocation.Part<NoticeOutbox>();
            var dataSets = invocation.Part<DataSetConfigurationStore>();
            var rules = invocation.Part<NoticeRuleStore>().List()
                .Select(rule => (Rule: rule, DataSet: rule.DataSetId is { } id ? dataSets.Find(id)?.Name : null, Last: outbox.Newest(rule.Id, 1) is [var last] ? last : null))
                .ToList();
            invocation.Output.Write(
                rules.Select(entry => new
                {
                    entry.Rule.Name,
                    On = entry.Rule.Causes.Select(NoticeTemplates.NameOf),
                    entry.DataSet,
                    entry.Rule.Channel,
                    entry.Rule.Target,
                    entry.Rule.Subject,
                    entry.Rule.Body,
                    Last = entry.Last is null ? null : Shape(entry.Rule.Name, entry.Last),
                }),
                () => invocation.Output.Table(
                    ["rule", "on", "DataSet", "channel", "to", "last"],
                    rules.Select(entry => (object?[])
                    [
                        entry.Rule.Name,
                        string.Join(" ", entry.Rule.Causes.Select(NoticeTemplates.NameOf)),
                        entry.DataSet ?? "all",
                        entry.Rule.Channel,
                        entry.Rule.Target.Origin ?? string.Join(", ", entry.Rule.Target.To),
                        entry.Last is null ? "none yet" : $"{entry.Last.State}: {entry.Last.Answer}",
                    ])));
            return Task.FromResult(ExitCode.Success);
        });
        return command;
    }

    private static Command Remove()
    {
        var name = Name();
        var command = new Command("remove", "Remove a rule, with its log and what it has not delivered yet.") { name };
        command.Does((invocation, _) =>
        {
            var rules = invocation.Part<NoticeRuleStore>();
            var rule = rules.Get(invocation.Value(name));
            rules.Remove(rule);
            invocation.Output.Write(new { Removed = rule.Name }, () => invocation.Output.Line($"Notice rule \"{rule.Name}\" removed."));
            return Task.FromResult(ExitCode.Success);
        });
        return command;
    }

    private static Command Test()
    {
        var name = Name();
        var command = new Command("test", "Send a test notice now, and tell what the receiver said.") { name };
        command.Does(async (invocation, cancellationToken) =>
        {
            var rule = invocation.Part<NoticeRuleStore>().Get(invocation.Value(name));
            var result = await invocation.Part<NoticeCourier>().TestAsync(rule, cancellationToken).ConfigureAwait(false);
            invocation.Output.Write(
                new { Rule = rule.Name, result.IsDelivered, result.Answer },
                () => invocation.Output.Line($"{(result.IsDelivered ? "Delivered" : "Not delivered")}: {result.Answer}"));
            return result.IsDelivered ? ExitCode.Success : ExitCode.Source;
        });
        return command;
    }

    private static Command Log()
    {
        var name = new Argument<string?>("name") { Description = "A rule's name; without it, all rules.", Arity = ArgumentArity.ZeroOrOne };
        var count = new Option<int>("--count") { Description = "How many notices, newest first.", DefaultValueFactory = _ => NoticesShown };
        var command = new Command("log", "List the newest notices, and what became of them.") { name, count };
        command.Does((invocation, _) =>
        {
            var rules = invocation.Part<NoticeRuleStore>();
            var only = invocation.Value(name) is { } given ? rules.Get(given) : null;
            var names = rules.List().ToDictionary(rule => rule.Id, rule => rule.Name);
            var outbox = invocation.Part<NoticeOutbox>();
            var notices = outbox.Newest(only?.Id, Math.Max(1, invocation.Value(count)));
            invocation.Output.Write(
                notices.Select(notice => new { Notice = Shape(names.GetValueOrDefault(notice.RuleId), notice), Tries = outbox.AttemptsOf(notice.Id) }),
                () => invocation.Output.Table(
                    ["at", "rule", "notice", "state", "attempts", "next", "answer"],
                    notices.Select(notice => (object?[])
                    [
                        notice.CreatedAt,
                        names.GetValueOrDefault(notice.RuleId),
                        NoticeTexts.Headline(notice),
                        notice.State,
                        notice.Attempts,
                        notice.State == NoticeState.Waiting ? notice.DueAt : null,
                        notice.Answer,
                    ])));
            return Task.FromResult(ExitCode.Success);
        });
        return command;
    }

    private static object Shape(string? rule, Notice notice) => new
    {
        Key = notice.Id,
        Rule = rule,
        Event = NoticeTemplates.NameOf(notice.Cause),
        Headline = NoticeTexts.Headline(notice),
        DataSets = notice.Items.Select(item => item.Name),
        notice.Account,
        notice.State,
        notice.Attempts,
        notice.CreatedAt,
        Next = notice.State == NoticeState.Waiting ? notice.DueAt : (DateTimeOffset?)null,
        notice.EndedAt,
        notice.Answer,
    };
}
