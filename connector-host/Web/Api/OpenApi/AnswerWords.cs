namespace ConnectorPlatform.Host.Web.Api.OpenApi;

/// <summary>What the statuses of answers mean, in words.</summary>
internal static class AnswerWords
{
    public static string Of(string status) => status switch
    {
        "200" => "Done.",
        "201" => "Created; the header Location says where it is.",
        "202" => "Accepted; it goes on by itself, and the header Location says where to look.",
        "204" => "Done; there is nothing to tell.",
        "400" => "Something in the request is not as it should be.",
        "401" => "No token was sent, or one that is not good.",
        "403" => "The token's scopes or its person's role do not allow it, or a browser sent the request from another site.",
        "404" => "There is no such thing.",
        "409" => "It cannot be done now: something else holds it.",
        "412" => "Somebody else has changed it: read it again, and send the change with its new ETag.",
        "413" => "The body is larger than 8 MB.",
        "415" => "The body is not sent as application/json.",
        "422" => "The Idempotency-Key was used for another request.",
        "428" => "The header If-Match is missing.",
        "500" => "The platform or a connector failed.",
        "502" => "The source failed.",
        "503" => "The platform's storage or a quota needs its operator, or time.",
        _ => "",
    };
}
