using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace ConnectorPlatform.Connectors;

public sealed class FaultyConnector : IConnector
{
    private sealed record Sale(
        long Id, string? Name, string? Note, JsonElement Count, DateTimeOffset? SoldAt, decimal? Amount, decimal? Fee, double? Rate, DateOnly? Day, bool? Paid);

    private sealed record Page(IReadOnlyList<Sale> Sales, bool HasMore);

    private sealed record Row(
        [property: Key] long? Id, string? Name, string? Note, long? Count, DateTimeOffset? SoldAt, decimal? Amount, decimal? Owed, double? Rate, DateOnly? Day, bool? Paid);

    private sealed record TextRow([property: Key] long? Id, string? Name, string? Note, string? Count, DateTimeOffset? SoldAt);

    private sealed record ShortRow([property: Key] long? Id, string? Name);

    private static readonly List<object> Kept = [];
    private static string? s_firstToken;
    private static int s_readings;

    public FaultyConnector() => Deeds.OfConstructor();

    public async Task<IReadOnlyList<MenuOption>> GetMenuAsync(MenuRequest request, ConnectorContext context, CancellationToken cancellationToken) =>
        request.Menu == "shops"
            ? [.. (await context.GetAsync<JsonElement>("shops", cancellationToken)).GetProperty("shops").EnumerateArray().Select(shop => new MenuOption(shop.GetString()!, shop.GetString()!))]
            : throw new ConnectorException(FailureKind.Connector, $"There is no menu {request.Menu}.");

    public async IAsyncEnumerable<RecordBatch> ReadAsync(ConnectorContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var fault = context.Details.GetProperty("fault").GetString();
        Begin(fault, context);
        var after = StartOf(fault, context);
        var token = fault == "ignores-cancellation" ? CancellationToken.None : cancellationToken;
        for (var number = 1; ; number++)
        {
            var from = after;
            var page = await Trouble.AnswerAsync(fault, new Page([], HasMore: false), asked => PageAsync(fault, context, from, asked), token);
            after = page.Sales.Count > 0 ? page.Sales[^1].Id : after;
            if (page.HasMore && after == from && fault != "loops")
            {
                throw new ConnectorException(FailureKind.Source, $"The pages stand still at {after}.");
            }

            if (fault == "drops-last-page" && !page.HasMore && number > 1)
            {
                yield break;
            }

            yield return BatchOf(fault, context, page, number, fault switch
            {
                "checkpoint-ahead" => (object)(after + page.Sales.Count),
                "checkpoint-behind" => from,
                "state-as-text" => new { after, number },
                _ => after,
            });
            if (!page.HasMore)
            {
                yield break;
            }
        }
    }

    private static void Begin(string? fault, ConnectorContext context)
    {
        switch (fault)
        {
            case "static-token":
                s_firstToken ??= Deeds.Token(context);
                break;
            case "static-rows":
                s_readings++;
                break;
            case "secret-in-log":
                context.Reporter.Info($"Reading with {Deeds.Token(context)}.");
                break;
        }
    }

    private static long StartOf(string? fault, ConnectorContext context) => (fault, context.State) switch
    {
        (_, null) or ("ignores-state", _) => 0,
        ("skips-at-resume", { } state) => state.GetInt64() + 1,
        ("state-as-text", { } state) => long.Parse(state.GetRawText().Split(':')[1].Split(',')[0], CultureInfo.InvariantCulture),
        (_, { } state) => state.GetInt64(),
    };

    private static async Task<Page> PageAsync(string? fault, ConnectorContext context, long after, CancellationToken cancellationToken)
    {
        var address = $"sales?after={after}" + fault switch
        {
            "static-token" => $"&session={Uri.EscapeDataString(s_firstToken!)}",
            "secret-in-url" => $"&key={Uri.EscapeDataString(Deeds.Token(context))}",
            _ => "",
        };
        try
        {
            if (fault == "own-client")
            {
                await using var body = await Deeds.WithOwnClientAsync(context, address, cancellationToken);
                return context.Read<Page>((await JsonDocument.ParseAsync(body, default, cancellationToken)).RootElement);
            }

            return fault switch
            {
                "unhandled-type" => context.Read<Page>(JsonElement.Parse(await context.Http.GetStringAsync(address, cancellationToken))),
                "asks-by-post" => context.Read<Page>(await Deeds.PostAsync(context, address, cancellationToken)),
                _ => await context.GetAsync<Page>(address, cancellationToken),
            };
        }
        catch (HttpRequestException refusal) when (fault == "wrong-kind" && (int?)refusal.StatusCode == 401)
        {
            throw new ConnectorException(FailureKind.Details, "Something is wrong.");
        }
        catch (HttpRequestException) when (fault == "secret-in-error")
        {
            throw new ConnectorException(FailureKind.Details, $"Refused for {Deeds.Token(context)}.");
        }
        catch (HttpRequestException) when (fault == "any-failure-is-credentials")
        {
            throw new ConnectorException(FailureKind.Credentials, "The account does not work.");
        }
        catch (ConnectorException refusal) when (fault == "html-is-empty" && refusal.InnerException is JsonException)
        {
            return new Page([], HasMore: false);
        }
    }

    private static RecordBatch BatchOf(string? fault, ConnectorContext context, Page page, int number, object checkpoint)
    {
        var rows = page.Sales.Select((sale, index) => RowOf(fault, context, sale, index)).ToList();
        switch (fault)
        {
            case "static-rows" when s_readings > 1:
            case "first-row-missing-at-checkpoint" when context.State is not null && rows.Count > 0:
                rows.RemoveAt(0);
                break;
            case "doubles-row" when number > 1:
                rows.Insert(0, rows[0]);
                break;
            case "sorts-by-count":
                rows = [.. rows.OrderByDescending(row => row.Count)];
                break;
            case "keeps-rows":
                Kept.AddRange(rows.Select(row => row with { Note = row.Note + new string('.', 200) }));
                break;
            case "column-type-changes" when number > 1:
                return context.Batch(rows.ConvertAll(row => new TextRow(row.Id, row.Name, row.Note, row.Count?.ToString(CultureInfo.InvariantCulture), row.SoldAt)), checkpoint);
            case "column-missing" when number > 1:
                return context.Batch(rows.ConvertAll(row => new ShortRow(row.Id, row.Name)), checkpoint);
        }

        return context.Batch(rows, checkpoint);
    }

    private static Row RowOf(string? fault, ConnectorContext context, Sale sale, int index)
    {
        long? count = sale.Count.ValueKind == JsonValueKind.Number ? fault == "integer-through-double" ? Deeds.Rough(sale.Count) : sale.Count.GetInt64() : null;
        return new Row(
            fault switch
            {
                "null-key" when index == 2 => null,
                "same-key" when index == 2 => sale.Id - 1,
                _ => sale.Id,
            },
            fault == "cuts-text" && sale.Name?.Length > 20 ? sale.Name[..13] : fault == "ascii-text" ? Ascii(sale.Name) : sale.Name,
            fault switch
            {
                "null-is-empty" => sale.Note ?? "",
                "empty-is-null" => string.IsNullOrEmpty(sale.Note) ? null : sale.Note,
                "crash-on-null" => sale.Note!.Trim(),
                "secret-in-record" => $"{sale.Note} {Deeds.Token(context)}",
                _ => sale.Note,
            },
            count,
            fault switch
            {
                "local-time" => Deeds.Local(sale.SoldAt),
                "through-local-time" => Deeds.ThroughLocal(sale.SoldAt),
                _ => sale.SoldAt,
            },
            Values.Amount(fault, sale.Amount),
            Values.Sum(fault, sale.Amount, sale.Fee),
            Values.Rate(fault, sale.Rate),
            Values.Day(fault, sale.Day),
            fault == "null-is-false" ? sale.Paid ?? false : sale.Paid);
    }

    private static string? Ascii(string? text) => text is null ? null : new([.. text.Select(letter => char.IsSurrogate(letter) ? '?' : letter)]);
}
