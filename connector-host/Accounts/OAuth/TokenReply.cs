using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;

namespace ConnectorPlatform.Host.Accounts.OAuth;

/// <summary>A reply of a token endpoint (RFC 6749, 5.1 and 5.2), sent as JSON or form-encoded, whatever its content type says.</summary>
internal sealed record TokenReply
{
    private const int LongestDescription = 300;

    public string? AccessToken { get; private init; }

    public string? RefreshToken { get; private init; }

    public TimeSpan? ExpiresIn { get; private init; }

    /// <summary>The code of an error, such as <c>invalid_grant</c>.</summary>
    public string? Error { get; private init; }

    /// <summary>What the source adds to the error.</summary>
    public string? ErrorDescription { get; private init; }

    public static TokenReply Read(string body)
    {
        var text = body.TrimStart();
        var members = text.StartsWith('{') ? OfJson(text) : text.Contains('=', StringComparison.Ordinal) && !text.StartsWith('<') ? OfForm(text) : [];
        var description = members.GetValueOrDefault("error_description") ?? members.GetValueOrDefault("status_txt");
        return new()
        {
            AccessToken = members.GetValueOrDefault("access_token") is { Length: > 0 } token ? token : null,
            RefreshToken = members.GetValueOrDefault("refresh_token") is { Length: > 0 } refresh ? refresh : null,
            ExpiresIn = double.TryParse(members.GetValueOrDefault("expires_in"), NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and < int.MaxValue
                ? TimeSpan.FromSeconds(seconds)
                : null,
            Error = members.GetValueOrDefault("error") ?? (members.ContainsKey("access_token") ? null : members.GetValueOrDefault("status_txt")),
            ErrorDescription = description?.Shortened(LongestDescription),
        };
    }

    /// <summary>The reply with its error's words free of secrets that the source may have repeated.</summary>
    public TokenReply Without(IReadOnlyList<string> secrets) => this with
    {
        Error = secrets.Aggregate(Error, (text, secret) => text?.Replace(secret, "•••", StringComparison.Ordinal)),
        ErrorDescription = secrets.Aggregate(ErrorDescription, (text, secret) => text?.Replace(secret, "•••", StringComparison.Ordinal)),
    };

    /// <summary>What a reply with an access token grants.</summary>
    public Grant ToGrant(DateTimeOffset now) => new()
    {
        AccessToken = AccessToken!,
        RefreshToken = RefreshToken,
        GrantedAt = now,
        ExpiresAt = now + ExpiresIn,
    };

    private static Dictionary<string, string> OfForm(string text) =>
        QueryHelpers.ParseQuery(text.Trim()).ToDictionary(member => member.Key, member => member.Value.ToString());

    private static Dictionary<string, string> OfJson(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.EnumerateObject()
                .Where(member => member.Value.ValueKind is JsonValueKind.String or JsonValueKind.Number)
                .DistinctBy(member => member.Name)
                .ToDictionary(member => member.Name, member => member.Value.ToString());
        }
        catch (JsonException)
        {
            return [];
        }
    }
}
