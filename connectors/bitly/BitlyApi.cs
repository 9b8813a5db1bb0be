using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace ConnectorPlatform.Connectors.Bitly;

/// <summary>Sends requests to Bitly and says in the user's words why one is refused.</summary>
internal sealed class BitlyApi(ConnectorContext context)
{
    public const string OwnUser = "the account's own user";

    private int _sent;

    /// <summary>How many requests are sent at most; null for any number.</summary>
    public int? MostRequests { get; init; }

    /// <summary>Asks for <paramref name="what"/>, an object in a sentence such as "the clicks of Bitlink bit.ly/abc", at an address relative to the base address.</summary>
    public async Task<T> GetAsync<T>(string uri, string what, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, uri);
        return await SendAsync<T>(request, what, cancellationToken);
    }

    /// <summary>As <see cref="GetAsync"/>, with a body that is sent as JSON.</summary>
    public async Task<T> PostAsync<T>(string uri, object body, string what, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, uri) { Content = JsonContent.Create(body) };
        return await SendAsync<T>(request, what, cancellationToken);
    }

    /// <summary>The chosen group's GUID, or that of the account's default group.</summary>
    public async Task<string> FindGroupAsync(string? chosen, CancellationToken cancellationToken)
    {
        if (!string.IsNullOrWhiteSpace(chosen))
        {
            return chosen.Trim();
        }

        var guid = (await GetAsync<User>("user", OwnUser, cancellationToken)).DefaultGroupGuid;
        return string.IsNullOrEmpty(guid)
            ? throw new ConnectorException(FailureKind.Details, "The account has no default group. Choose a Group.")
            : guid;
    }

    /// <summary>Whether the failure is Bitly's answer with one of these statuses.</summary>
    public static bool IsRefusal(ConnectorException exception, params ReadOnlySpan<HttpStatusCode> statuses) =>
        exception.InnerException is HttpRequestException { StatusCode: { } status } && statuses.Contains(status);

    private async Task<T> SendAsync<T>(HttpRequestMessage request, string what, CancellationToken cancellationToken)
    {
        if (_sent++ >= MostRequests)
        {
            throw new ConnectorException(
                FailureKind.Details, $"The run has sent the {MostRequests} requests that Most Requests allows before it was done, the next for {what}. Allow more, or choose less.");
        }

        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        using var response = await context.Http.SendAsync(request, cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            throw ToFailure(response.StatusCode, await response.Content.ReadAsStringAsync(cancellationToken), what);
        }

        try
        {
            using var document = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(cancellationToken));
            return context.Read<T>(document.RootElement);
        }
        catch (JsonException exception)
        {
            throw new ConnectorException(
                FailureKind.Source, $"Bitly's reply about {what} is no JSON. Try again later.", exception);
        }
    }

    internal static ConnectorException ToFailure(HttpStatusCode status, string body, string what)
    {
        var refusal = Refusal.Read(body);
        var (kind, message) = Explain((int)status, refusal, what);
        return new ConnectorException(
            kind, message, new HttpRequestException($"Bitly answered {(int)status} {refusal.Message}".TrimEnd(), null, status));
    }

    private static (FailureKind Kind, string Message) Explain(int status, Refusal refusal, string what) => (status, refusal.Message) switch
    {
        (_, "API_USAGE_LIMIT_EXCEEDED") => (
            FailureKind.Source,
            "The monthly limit of API requests of the Bitly account is used up. It starts anew on the first of the month, or with a higher plan."),
        (429, _) or (_, "RATE_LIMIT_EXCEEDED") => (
            FailureKind.Source,
            $"Bitly's rate limit is reached while reading {what}. Try again in an hour, or run fewer DataSets at once."),
        _ when status == 401 || (status == 403 && what == OwnUser) => (
            FailureKind.Credentials,
            "Bitly does not accept the access token. Generate a new one under Settings > API in Bitly and reconnect the account."),
        (402, _) => (
            FailureKind.Details,
            $"The account's Bitly plan does not include {what}. Choose another report or upgrade the plan."),
        (403, _) => (
            FailureKind.Details,
            $"Bitly does not let this account read {what}: it belongs to another account, or to a group that the account's user cannot see. Check the Bitly Link, QR Code, Group or Organization."),
        (404, _) => (FailureKind.Details, $"Bitly does not know {what}. Check the Bitly Link, QR Code, Group or Organization for a typing error."),
        (410, _) => (FailureKind.Details, $"Bitly has no longer {what}: it was deleted."),
        (400 or 417 or 422, _) => (FailureKind.Details, $"Bitly refuses the request for {what}: {refusal.Reason}"),
        ( >= 500, _) => (FailureKind.Source, $"Bitly is not available at the moment ({status}) while reading {what}. Try again later."),
        _ => (FailureKind.Source, $"Bitly answered {status} when asked for {what}: {refusal.Reason}"),
    };

    private sealed record WrongField(string? Field, string? ErrorCode, string? Message);

    /// <summary>Bitly's error body; <c>message</c> is a code such as UPGRADE_REQUIRED.</summary>
    private sealed record Refusal(string? Message, string? Description, IReadOnlyList<WrongField>? Errors)
    {
        private static readonly JsonSerializerOptions Options = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

        public string Reason
        {
            get
            {
                var fields = (Errors ?? []).Select(error => $"{error.Field} {error.Message ?? error.ErrorCode}".Trim());
                var reason = string.Join("; ", fields.Prepend(Description ?? Message).Where(text => !string.IsNullOrEmpty(text)));
                return reason.Length > 0 ? reason : "no reason given.";
            }
        }

        /// <summary>Unknown paths are answered in plain text, and a gateway may answer in HTML.</summary>
        public static Refusal Read(string body)
        {
            try
            {
                return JsonSerializer.Deserialize<Refusal>(body, Options) ?? new Refusal(null, null, null);
            }
            catch (JsonException)
            {
                return new Refusal(null, null, null);
            }
        }
    }
}
