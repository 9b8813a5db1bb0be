using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;

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

        // What may be left out and cannot be read is answered by the generated binding without a word.
        if (context.Response is { StatusCode: StatusCodes.Status400BadRequest, HasStarted: false } && Unread(context) is var (unread, text))
        {
            throw new BadHttpRequestException($"{unread} cannot be \"{text}\"{Choices(context, unread)}.");
        }
    }

    /// <summary>Answers for addresses that the API does not have. Routing leads here also where a body is needed and none, or another, was announced.</summary>
    public static Task AnswerUnknownAsync(HttpContext context) =>
        HttpMethods.IsPost(context.Request.Method) && !context.Request.HasJsonContentType()
            ? throw new BadHttpRequestException(
                $"There is nothing to post to at {context.Request.Path}, or it needs a body: send JSON, with Content-Type: application/json. See /api.", StatusCodes.Status415UnsupportedMediaType)
            : throw new PlatformException(PlatformFault.NotFound, $"The API has no operation {context.Request.Method} {context.Request.Path}. See /api.");

    public static BadHttpRequestException NotJson => new("The body must be JSON: send it with Content-Type: application/json.", StatusCodes.Status415UnsupportedMediaType);

    /// <summary>The first value of the query that cannot be what its parameter is, and the parameter's name; null when there is none.</summary>
    private static (string Name, string Value)? Unread(HttpContext context)
    {
        foreach (var (name, type) in Parameters(context))
        {
            object?[] arguments = [context.Request.Query[name].ToString(), null];
            if (arguments[0] is not "" && type.GetMethod("TryParse", [typeof(string), type.MakeByRefType()])?.Invoke(null, arguments) is false)
            {
                return (name, (string)arguments[0]!);
            }
        }

        return null;
    }

    /// <summary>What the operation takes, as the address names it, and of which kind each is.</summary>
    private static IEnumerable<(string Name, Type Type)> Parameters(HttpContext context) =>
        from parameter in context.GetEndpoint()?.Metadata.GetMetadata<MethodInfo>()?.GetParameters() ?? []
        from taken in parameter.IsDefined(typeof(AsParametersAttribute))
            ? parameter.ParameterType.GetProperties().Select(property => (property.GetCustomAttribute<FromQueryAttribute>()?.Name ?? property.Name, property.PropertyType))
            : [(parameter.Name!, parameter.ParameterType)]
        select (taken.Item1, Nullable.GetUnderlyingType(taken.Item2) ?? taken.Item2);

    private static string Choices(HttpContext context, string name)
    {
        var type = Parameters(context).FirstOrDefault(parameter => parameter.Name == name).Type;
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
