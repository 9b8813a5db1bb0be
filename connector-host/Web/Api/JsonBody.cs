using System.Reflection;
using System.Security.Cryptography;
using System.Text.Json;
using ConnectorPlatform.Host.Forms;
using ConnectorPlatform.Host.Runs;
using Microsoft.AspNetCore.Http.Metadata;

namespace ConnectorPlatform.Host.Web.Api;

/// <summary>A request's body, read strictly: every unknown and missing member is told at once, with its path.</summary>
internal sealed class JsonBody<T> : IEndpointParameterMetadataProvider
    where T : class
{
    private JsonBody(T value) => Value = value;

    public T Value { get; }

    /// <exception cref="BadHttpRequestException">The body is no JSON.</exception>
    /// <exception cref="InvalidFormException">Its members are not those that <typeparamref name="T"/> has.</exception>
    public static async ValueTask<JsonBody<T>> BindAsync(HttpContext context, ParameterInfo _)
    {
        if (!context.Request.HasJsonContentType())
        {
            throw ApiRequests.NotJson;
        }

        using var buffer = new MemoryStream();
        await context.Request.Body.CopyToAsync(buffer, context.RequestAborted).ConfigureAwait(false);
        var bytes = buffer.GetBuffer().AsMemory(0, (int)buffer.Length);
        context.Features.Set(new BodyFingerprint(SHA256.HashData(bytes.Span)));
        return new JsonBody<T>(Read(bytes));
    }

    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) =>
        builder.Metadata.Add(new AcceptsMetadata(["application/json"], typeof(T)));

    private static T Read(ReadOnlyMemory<byte> bytes)
    {
        var element = Parse(bytes);
        var errors = BodyMembers.Check(element, typeof(T));
        if (errors.Count > 0)
        {
            throw Invalid(errors);
        }

        try
        {
            return element.Deserialize<T>(ApiJson.Options) ?? throw new BadHttpRequestException("The body must be a JSON object.");
        }
        catch (JsonException exception)
        {
            throw Invalid([WrongType(exception.Path ?? "$")]);
        }
    }

    private static JsonElement Parse(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            return JsonElement.Parse(bytes.Span, new JsonDocumentOptions { AllowDuplicateProperties = false });
        }
        catch (JsonException exception)
        {
            // Not the parser's own words: they may quote the text, in which a secret may stand.
            throw new BadHttpRequestException(
                $"The body cannot be read as JSON at line {exception.LineNumber + 1 ?? 1}, position {exception.BytePositionInLine + 1 ?? 1}.", exception);
        }
    }

    private static FormError WrongType(string path)
    {
        var pointer = BodyMembers.Pointer(path);
        return new FormError(pointer, "type", $"The value of {JsonPointer.LastName(pointer)} is of another type than the API expects, or none of its words; see the documentation at /api.");
    }

    private static InvalidFormException Invalid(IReadOnlyList<FormError> errors) => new("members of the body", errors);
}

/// <summary>Tells one body from another, for <c>Idempotency-Key</c>.</summary>
internal sealed record BodyFingerprint(byte[] Hash);
