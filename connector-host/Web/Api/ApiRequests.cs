using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http.Features;

namespace ConnectorPlatform.Host.Web.Api;

/// <summary>Refuses what is no request of the API, in words of the API.</summary>
internal static partial class ApiRequests
{
    /// <summary>Only JSON is read: a foreign page can send forms and plain text without asking, and JSON it cannot.</summary>
    public static async Task HandleAsync(HttpContext context, RequestDelegate next)
    {
        if (context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody == true && !context.Request.HasJsonContentType() && context.Request.ContentLength != 0)
        {
            throw NotJson;
        }

        try
        {
            await next(context).ConfigureAwait(false);
        }
        catch (BadHttpRequestException exception) when (Unbound().Match(exception.Message) is { Success: true } match)
        {
            var name = match.Groups["name"].Value;
            var trouble = match.Groups["value"] is { Success: true } value ? $"cannot be \"{value.Value}\"" : "is missing";
            throw new BadHttpRequestException($"{JsonNamingPolicy.CamelCase.ConvertName(name)} {trouble}{Choices(context, name)}.", exception);
        }
    }

    /// <summary>Answers for addresses that the API does not have. Routing leads here also where a body is needed and none, or another, was announced.</summary>
    public static Task AnswerUnknownAsync(HttpContext context) =>
        HttpMethods.IsPost(context.Request.Method) && !context.Request.HasJsonContentType()
            ? throw new BadHttpRequestException(
                $"There is nothing to post to at {context.Request.Path}, or it needs a body: send JSON, with Content-Type: application/json. See /api.", StatusCodes.Status415UnsupportedMediaType)
            : throw new PlatformException(PlatformFault.NotFound, $"The API has no operation {context.Request.Method} {context.Request.Path}. See /api.");

    public static BadHttpRequestException NotJson => new("The body must be JSON: send it with Content-Type: application/json.", StatusCodes.Status415UnsupportedMediaType);

    private static string Choices(HttpContext context, string name)
    {
        var type = context.GetEndpoint()?.Metadata.GetMetadata<MethodInfo>()?.GetParameters().FirstOrDefault(parameter => parameter.Name == name)?.ParameterType;
        return type is null ? "" : WordsOf(type) is { Count: > 0 } words ? $"; it is {string.Join(", ", words)}" : "";
    }

    /// <summary>The words that a parameter can be; none when it is of another kind.</summary>
    public static IReadOnlyList<string> WordsOf(Type parameter) =>
        (Nullable.GetUnderlyingType(parameter) ?? parameter) is { IsGenericType: true } type && type.GetGenericTypeDefinition() == typeof(Word<>)
            ? (IReadOnlyList<string>)type.GetProperty(nameof(Word<FormName>.All))!.GetValue(null)!
            : [];

    [GeneratedRegex("^(?:Failed to bind|Required) parameter \"[^\"]* (?<name>\\w+)\" (?:from \"(?<value>.*)\"\\.$|was not provided)", RegexOptions.Singleline)]
    private static partial Regex Unbound();
}
