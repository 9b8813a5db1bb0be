using System.Net;
using System.Text;
using Order = ConnectorPlatform.Connectors.FaultyConnector.Order;

namespace ConnectorPlatform.Connectors;

/// <summary>Asks the source for its pages.</summary>
internal sealed class Pages(ConnectorContext context)
{
    private static readonly Dictionary<int, Page?> FirstRead = [];
    private static string? _firstToken;

    private readonly string? _since = context.Details.TryGetProperty("since", out var since) ? since.GetString() : null;

    public static string TokenOf(ConnectorContext context) => context.Credentials.GetProperty("access_token").GetString()!;

    /// <summary>A page; null when a fault ends the reading as if it had succeeded.</summary>
    /// <exception cref="ConnectorException">The page leads to itself or to one before it.</exception>
    public async Task<Page?> GetAsync(int number, CancellationToken cancellationToken)
    {
        TellToken();
        if (Fault.Is("static-rows") && FirstRead.TryGetValue(number, out var known))
        {
            return known;
        }

        var page = await SwallowAsync(number, cancellationToken);
        if (page?.Next <= number && !Fault.Is("follows-loop"))
        {
            throw new ConnectorException(FailureKind.Source, $"Page {number} of the orders says that page {page.Next} follows, which does not lead forward. Report this to the source.");
        }

        if (Fault.Is("static-rows"))
        {
            FirstRead[number] = page;
        }

        return page;
    }

    private async Task<Page?> SwallowAsync(int number, CancellationToken cancellationToken)
    {
        var request = AddressOf(number);
        try
        {
            return Fault.Is("swallows-cut")
                ? await Salvage.GetAsync(context, request, cancellationToken)
                : await context.GetAsync<Page>(request, cancellationToken);
        }
        catch (HttpRequestException exception) when (Fault.Is("swallows-5xx") && exception.StatusCode >= HttpStatusCode.InternalServerError)
        {
            return null;
        }
        catch (HttpRequestException exception) when (Fault.Is("swallows-429") && exception.StatusCode == HttpStatusCode.TooManyRequests)
        {
            return null;
        }
        catch (HttpRequestException exception) when (Fault.Is("retries-429") && exception.StatusCode == HttpStatusCode.TooManyRequests)
        {
            return await SwallowAsync(number, cancellationToken);
        }
        catch (HttpRequestException exception) when (Fault.Is("swallows-401-kind") && exception.StatusCode == HttpStatusCode.Unauthorized)
        {
            throw new ConnectorException(FailureKind.Connector, "The source refused the request.", exception);
        }
        catch (HttpRequestException exception) when (Fault.Is("token-in-error"))
        {
            throw new ConnectorException(FailureKind.Source, $"The source refused {Encode(TokenOf(context))}.", exception);
        }
        catch (ConnectorException) when (Fault.Is("swallows-html"))
        {
            return new Page([], null);
        }
        catch (ConnectorException) when (Fault.Is("follows-redirect"))
        {
            return await Redirected.GetAsync(context, request, cancellationToken);
        }
        catch (OperationCanceledException) when (Fault.Is("cancel-endless"))
        {
            while (true)
            {
                await Task.Yield();
            }
        }
        catch (OperationCanceledException) when (Fault.Is("cancel-blocks"))
        {
            using var never = new ManualResetEventSlim();
            never.Wait(TimeSpan.FromSeconds(20), CancellationToken.None);
            throw;
        }
    }

    private string AddressOf(int number)
    {
        var address = $"orders?page={number}{(_since is null ? "" : $"&since={Uri.EscapeDataString(_since)}")}";
        return Fault.Is("token-in-address") ? $"{address}&key={Uri.EscapeDataString(TokenOf(context))}" : address;
    }

    private void TellToken()
    {
        if (Fault.Is("token-logged"))
        {
            context.Reporter.Info($"Signed in with {TokenOf(context)}.");
        }

        if (Fault.Is("token-logged-base64"))
        {
            context.Reporter.Info($"Signed in with {Encode(TokenOf(context))}.");
        }

        if (Fault.Is("static-token"))
        {
            _firstToken ??= TokenOf(context);
            context.Http.DefaultRequestHeaders.Remove("X-Account");
            context.Http.DefaultRequestHeaders.Add("X-Account", _firstToken);
        }
    }

    private static string Encode(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    public sealed record Page(IReadOnlyList<Order> Orders, int? Next);
}
