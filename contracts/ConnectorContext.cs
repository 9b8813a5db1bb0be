using System.Diagnostics.CodeAnalysis;
using System.Net.Http.Headers;
using System.Text.Json;

namespace ConnectorPlatform;

/// <summary>
/// Everything that a connector may use in one operation. A test writes <c>new ConnectorContext { Http = … }</c>;
/// what it leaves out has a harmless default.
/// </summary>
[SuppressMessage("Performance", "CA1822", Justification = "Authors find all they may use on the one object that they are given.")]
public sealed class ConnectorContext
{
    private static readonly JsonElement EmptyObject = JsonElement.Parse("{}");

    /// <summary>
    /// The client for the source. Base address, authentication, retries, rate budget, size limit and the guard that admits only
    /// declared hosts are already in it: a connector sends plain relative requests.
    /// </summary>
    public required HttpClient Http { get; init; }

    /// <summary>The account's credentials as their form declares them, secrets in clear text. Never write them anywhere.</summary>
    public JsonElement Credentials { get; init; } = EmptyObject;

    /// <summary>The settled details: fields that the form hides are absent.</summary>
    public JsonElement Details { get; init; } = EmptyObject;

    /// <summary>The last committed checkpoint, when the run continues from it; null when the run reads from the beginning.</summary>
    public JsonElement? State { get; init; }

    /// <summary>
    /// Whether the DataSet only adds (Append): a record that was committed by an earlier run and is delivered again is there twice.
    /// With the other update methods it takes the place of the earlier one, so a connector may read a little again.
    /// </summary>
    public bool IsAppendOnly { get; init; }

    /// <summary>Where to tell about the run. The default ignores everything.</summary>
    public IRunReporter Reporter { get; init; } = new SilentReporter();

    /// <summary>The clock to use. Sample data is read at the time at which it was recorded, so never ask the system.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Sends a GET request and reads the JSON reply. Names are snake_case unless a property says otherwise; unknown members are ignored.</summary>
    /// <typeparam name="T">The shape of the reply.</typeparam>
    /// <param name="requestUri">Relative to the connector's base address, without a leading slash; values escaped with <see cref="Uri.EscapeDataString(string)"/>.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>The reply, never null.</returns>
    /// <exception cref="HttpRequestException">The source answered with an error status; <see cref="HttpRequestException.StatusCode"/> holds it. The host knows who must act.</exception>
    /// <exception cref="ConnectorException">Kind <see cref="FailureKind.Source"/>: the reply is not the JSON that was expected.</exception>
    public async Task<T> GetAsync<T>(string requestUri, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, requestUri);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        using var response = await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        if (!response.IsSuccessStatusCode)
        {
            throw await Reply.RefusedAsync(request, response, cancellationToken).ConfigureAwait(false);
        }

        return await Reply.ReadAsync<T>(request, response, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads a JSON document, such as the details or the state, into a type. Names are snake_case unless a property says otherwise.</summary>
    /// <typeparam name="T">The shape of the document.</typeparam>
    /// <param name="document">The document.</param>
    /// <returns>The value, never null.</returns>
    /// <exception cref="ConnectorException">Kind <see cref="FailureKind.Connector"/>: the document does not fit the type.</exception>
    public T Read<T>(JsonElement document)
    {
        try
        {
            return document.Deserialize<T>(Json.Options)
                ?? throw new ConnectorException(FailureKind.Connector, $"The document is null where the connector expects a {typeof(T).Name}.");
        }
        catch (JsonException exception)
        {
            throw new ConnectorException(
                FailureKind.Connector, $"The document does not fit {typeof(T).Name} at {exception.Path ?? "$"}.", exception);
        }
    }

    /// <summary>
    /// Makes a batch whose columns are the public properties of <typeparamref name="T"/>: named in snake_case or by
    /// <c>[JsonPropertyName]</c>, keys marked by <c>[Key]</c>, described by <c>[Description]</c>, left out by <c>[JsonIgnore]</c>.
    /// Integers are <see cref="ColumnType.Integer"/> (<c>ulong</c>: <see cref="ColumnType.Decimal"/>), texts, enums, GUIDs and addresses <see cref="ColumnType.String"/>; lists and objects become <see cref="ColumnType.Json"/>.
    /// </summary>
    /// <typeparam name="T">The record type.</typeparam>
    /// <param name="records">The records; not changed after the call, as they are copied only when the batch is stored.</param>
    /// <param name="checkpoint">What <see cref="State"/> shall be when a later run continues after this batch; any JSON-serialisable value. Null when a run cannot resume here.</param>
    /// <returns>The batch.</returns>
    /// <exception cref="ConnectorException">Kind <see cref="FailureKind.Connector"/>: a column's name is not allowed.</exception>
    public RecordBatch Batch<T>(IReadOnlyList<T> records, object? checkpoint = null) =>
        new TypedBatch<T>(records, ToCheckpoint(checkpoint));

    /// <summary>Makes a batch of rows whose columns are known only at run time.</summary>
    /// <param name="columns">The columns.</param>
    /// <param name="rows">
    /// One array per record with one value per column: the CLR type that <see cref="ColumnType"/> names or one that converts to it
    /// without loss (any integer type, <see cref="DateTimeOffset"/>, a <see cref="JsonElement"/>), or null.
    /// </param>
    /// <param name="checkpoint">As for <see cref="Batch{T}"/>.</param>
    /// <returns>The batch.</returns>
    /// <exception cref="ConnectorException">Kind <see cref="FailureKind.Connector"/>: a row has another width, a value another type, or a column's name is not allowed.</exception>
    public RecordBatch BatchOfRows(IReadOnlyList<Column> columns, IReadOnlyList<object?[]> rows, object? checkpoint = null) =>
        new RowBatch(columns, rows, ToCheckpoint(checkpoint));

    private static JsonElement? ToCheckpoint(object? checkpoint) =>
        checkpoint is null ? null : JsonSerializer.SerializeToElement(checkpoint, Json.Options);

    private sealed class SilentReporter : IRunReporter
    {
        public void Info(string message)
        {
        }

        public void Warn(string message)
        {
        }

        public void Progress(long done, long? total = null)
        {
        }
    }
}
