using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.Connectors.Workers;
using ConnectorPlatform.Host.Forms;
using ConnectorPlatform.Host.Forms.Validation;
using ConnectorPlatform.Host.Runs;
using Microsoft.AspNetCore.Antiforgery;

namespace ConnectorPlatform.Host.Web.Site;

/// <summary>A failure as pages and API tell it.</summary>
/// <param name="Status">Of HTTP.</param>
/// <param name="Title">What kind of failure.</param>
/// <param name="Message">What happened and what to do.</param>
/// <param name="Errors">Of a form, by JSON pointer of the field.</param>
internal sealed record FailureView(int Status, string Title, string Message, IReadOnlyList<FormError> Errors)
{
    /// <summary>Null for a failure that nobody foresaw: its words may hold anything and are for the log.</summary>
    public static FailureView? Of(Exception exception) => exception switch
    {
        InvalidFormException form => new(StatusCodes.Status400BadRequest, "Something is not filled in as it should be", form.Message, form.Errors),
        PlatformException platform => Of(platform),
        ConnectorException connector => Of(connector),
        ConnectorNotFoundException => View(StatusCodes.Status404NotFound, "Not found", exception),
        FormSchemaException schema => new(
            StatusCodes.Status400BadRequest, "The form's schema is not valid", schema.Message, [new FormError(schema.Pointer, "schema", schema.Message)]),
        ValidationQuotaException => View(StatusCodes.Status503ServiceUnavailable, "The validation quota is used up", exception),
        PackageLoadException or WorkerException => View(StatusCodes.Status500InternalServerError, "The connector failed", exception),
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => new(
            StatusCodes.Status413PayloadTooLarge, "The request is too large", "Nothing was changed: a request has at most 8 MB. Send less at once.", []),
        InvalidDataException => new(StatusCodes.Status400BadRequest, "The form is too large", "Nothing was changed: the form has more fields than the server reads. Send less at once.", []),

        // Who looks for the token reads the form, and wraps what is wrong with it.
        AntiforgeryValidationException { InnerException: { } cause } => Of(cause),
        BadHttpRequestException bad => View(bad.StatusCode, "The request is not valid", exception),
        _ => null,
    };

    private static FailureView Of(PlatformException exception) => exception.Fault switch
    {
        PlatformFault.Input => new(
            StatusCodes.Status400BadRequest, "That does not work", exception.Message, exception.Field is { } field ? [new FormError($"/{field}", "value", exception.Message)] : []),
        PlatformFault.NotFound => View(StatusCodes.Status404NotFound, "Not found", exception),
        PlatformFault.Busy => View(StatusCodes.Status409Conflict, "Not now", exception),
        PlatformFault.Conflict => View(StatusCodes.Status409Conflict, "Changed meanwhile", exception),
        _ => View(StatusCodes.Status503ServiceUnavailable, "The platform's storage needs its operator", exception),
    };

    private static FailureView Of(ConnectorException exception) => exception.Kind switch
    {
        FailureKind.Credentials => View(StatusCodes.Status400BadRequest, "The account was refused", exception),
        FailureKind.Details => View(StatusCodes.Status400BadRequest, "The details were refused", exception),
        FailureKind.Source => View(StatusCodes.Status502BadGateway, "The source failed", exception),
        _ => View(StatusCodes.Status500InternalServerError, "The connector failed", exception),
    };

    private static FailureView View(int status, string title, Exception exception) => new(status, title, exception.Message, []);
}
