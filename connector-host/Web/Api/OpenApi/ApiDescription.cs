using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using ConnectorPlatform.Host.Web.People;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace ConnectorPlatform.Host.Web.Api.OpenApi;

/// <summary>The API's description, made from its endpoints.</summary>
internal sealed class ApiDescription([FromKeyedServices(ApiDescription.Name)] IOpenApiDocumentProvider documents) : IDisposable
{
    public const string Name = "v1";

    private const string Token = "token";

    private readonly SemaphoreSlim _making = new(1);
    private string? _json;

    public static void Configure(OpenApiOptions options)
    {
        options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        options.ShouldInclude = description => description.RelativePath?.StartsWith("api/v1/", StringComparison.Ordinal) == true;
        options.AddDocumentTransformer((document, context, _) =>
        {
            var isSignInOff = context.ApplicationServices.GetRequiredService<IConfiguration>().ReadSignInMode() == SignInMode.Off;
            document.Info = new OpenApiInfo
            {
                Title = "Connector Platform",
                Version = "1",
                Description = isSignInOff
                    ? "Everything that the pages do. Sign-in is off here, so that the platform listens on loopback only and asks for no credentials."
                    : "Everything that the pages do. Make a token on your profile and send it as Authorization: Bearer TOKEN; a request may do what the token's scopes and your role allow.",
                License = new OpenApiLicense { Name = "AGPL-3.0-or-later", Identifier = "AGPL-3.0-or-later" },
            };
            document.Servers = [new OpenApiServer { Url = "/" }];
            if (!isSignInOff)
            {
                AskForToken(document);
            }

            return Task.CompletedTask;
        });
        options.AddOperationTransformer((operation, context, _) =>
        {
            var metadata = context.Description.ActionDescriptor.EndpointMetadata;
            AddParameters(operation, metadata);
            foreach (var example in metadata.OfType<OperationExample>())
            {
                foreach (var content in operation.RequestBody?.Content?.Values ?? [])
                {
                    content.Example = JsonSerializer.SerializeToNode(example.Body, ApiJson.Options);
                }
            }

            foreach (var (status, answer) in operation.Responses ?? [])
            {
                answer.Description = AnswerWords.Of(status);
            }

            return Task.CompletedTask;
        });
    }

    /// <summary>The whole description, in OpenAPI 3.1.</summary>
    public async Task<string> ReadAsync(CancellationToken cancellationToken)
    {
        if (_json is null)
        {
            await _making.WaitAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                _json ??= await MakeAsync(cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                _making.Release();
            }
        }

        return _json;
    }

    public void Dispose() => _making.Dispose();

    private async Task<string> MakeAsync(CancellationToken cancellationToken)
    {
        var document = await documents.GetOpenApiDocumentAsync(cancellationToken).ConfigureAwait(false);
        var json = await document.SerializeAsJsonAsync(OpenApiSpecVersion.OpenApi3_1, cancellationToken).ConfigureAwait(false);
        return ExampleAnswers.AddTo(json);
    }

    private static void AskForToken(OpenApiDocument document)
    {
        (document.Components ??= new()).SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
        {
            [Token] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", Description = "A token that you made on your profile." },
        };
        document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Token, document)] = [] }];
    }

    private static void AddParameters(OpenApiOperation operation, IList<object> metadata)
    {
        var types = metadata.OfType<MethodInfo>().SelectMany(method => method.GetParameters()).ToDictionary(parameter => parameter.Name!, parameter => parameter.ParameterType);
        foreach (var parameter in operation.Parameters ?? [])
        {
            if (parameter.Schema is OpenApiSchema schema && types.TryGetValue(parameter.Name!, out var type) && ApiRequests.WordsOf(type) is { Count: > 0 } words)
            {
                schema.Enum = [.. words.Select(word => JsonValue.Create(word))];
            }
        }

        if (metadata.OfType<IdempotentOperation>().Any())
        {
            (operation.Parameters ??= []).Add(KeyParameter());
        }
    }

    private static OpenApiParameter KeyParameter() => new()
    {
        Name = Idempotency.KeyHeader,
        In = ParameterLocation.Header,
        Description = "A random text of the client's. A request that is sent again with the same key within 24 hours is done once, and gets the same answer.",
        Schema = new OpenApiSchema { Type = JsonSchemaType.String, MinLength = 1, MaxLength = 200 },
    };
}
