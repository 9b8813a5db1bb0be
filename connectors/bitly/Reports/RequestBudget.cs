using System.Globalization;
using System.Net;

namespace ConnectorPlatform.Connectors.Bitly.Reports;

/// <summary>Says how many requests a run on many subjects takes before it starts them, and refuses one that does not fit into what the account has left.</summary>
internal sealed class RequestBudget(ReportRun run)
{
    /// <summary>Up to here asking for the limits is not worth its own request.</summary>
    private const int Few = 50;

    /// <summary>What Bitly's free plan allows.</summary>
    private const int RequestsOfAMonth = 1000;

    private const int RequestsOfAMinute = 100;

    private const string Cheaper = "Choose fewer links or codes, or turn Roll Up on";

    /// <param name="subjects">What is read, as in "3 Bitlinks".</param>
    /// <param name="requests">About how many requests that takes.</param>
    /// <param name="endpoint">As Bitly's limits call it; null where a report has several.</param>
    /// <param name="cancellationToken">Ends the question.</param>
    public async Task CheckAsync(string subjects, int requests, string? endpoint, CancellationToken cancellationToken)
    {
        var minutes = requests > RequestsOfAMinute ? $" They take at least {requests / RequestsOfAMinute} minutes." : "";
        run.Reporter.Info($"Reads {subjects} with about {Text(requests)} more requests to Bitly.{minutes}");
        if (run.Details.MostRequests is { } most)
        {
            if (requests > most)
            {
                throw new ConnectorException(
                    FailureKind.Details, $"The run takes about {Text(requests)} requests to Bitly, and Most Requests allows {Text(most)}. {Cheaper}, or allow more.");
            }
        }
        else if (requests > Few && await FindLimitAsync(endpoint, cancellationToken) is { Limit: { } limit, Remaining: { } left })
        {
            Fit(requests, limit, left, endpoint!);
        }
        else if (requests > RequestsOfAMonth)
        {
            run.Reporter.Warn(
                $"This run takes about {Text(requests)} requests; Bitly's free plan has {Text(RequestsOfAMonth)} a month. {Cheaper}, or run it more seldom if the month's requests run out.");
        }
    }

    private void Fit(int requests, long limit, long left, string endpoint)
    {
        if (requests <= left)
        {
            run.Reporter.Info($"Bitly leaves the account {Text(left)} of {Text(limit)} requests to {endpoint}.");
            return;
        }

        // What fits into the limit itself only has to wait until that starts anew.
        throw new ConnectorException(
            requests <= limit ? FailureKind.Source : FailureKind.Details,
            $"The run takes about {Text(requests)} requests to Bitly, which leaves the account {Text(left)} of {Text(limit)} to {endpoint} until the limit starts anew. {Cheaper}; or set Most Requests, and the run reads as far as Bitly lets it.");
    }

    /// <summary>Null where Bitly does not tell it.</summary>
    private async Task<PlatformLimitsReply.Method?> FindLimitAsync(string? endpoint, CancellationToken cancellationToken)
    {
        if (endpoint is null)
        {
            return null;
        }

        try
        {
            var reply = await run.Api.GetAsync<PlatformLimitsReply>(PlatformLimitsReply.Uri, PlatformLimitsReply.Title, cancellationToken);
            return (reply.PlatformLimits ?? []).FirstOrDefault(limits => limits.Endpoint == endpoint)?.Methods?.FirstOrDefault(method => method.Name == "GET");
        }
        catch (ConnectorException exception) when (BitlyApi.IsRefusal(
            exception, HttpStatusCode.PaymentRequired, HttpStatusCode.Forbidden, HttpStatusCode.NotFound))
        {
            return null;
        }
    }

    private static string Text(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
