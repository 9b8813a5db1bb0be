using ConnectorPlatform.Host.Forms;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Host.Web.Forms;

namespace ConnectorPlatform.Host.Web.NewDataSet;

/// <summary>What became of a post of a settings pane.</summary>
internal sealed record PaneOutcome
{
    /// <summary>Nothing was to be saved.</summary>
    public static PaneOutcome Open { get; } = new();

    public bool IsSaved { get; private init; }

    /// <summary>What is wrong, by field.</summary>
    public IReadOnlyList<FormError> Errors { get; init; } = [];

    /// <summary>Between what is stored and what was typed, after a conflict.</summary>
    public IReadOnlyList<PaneDifference> Differences { get; init; } = [];

    public bool IsConflict => ConflictMessage is not null;

    /// <summary>Null when nobody else has saved meanwhile.</summary>
    public PaneConflict? Conflict => ConflictMessage is { } message ? new PaneConflict(message, Differences) : null;

    /// <summary>What is wrong with the form as a whole.</summary>
    public IReadOnlyList<ErrorLink> Links => Refusal is { } message ? [new ErrorLink("", message)] : [];

    private string? ConflictMessage { get; init; }

    private string? Refusal { get; init; }

    /// <summary>Saves.</summary>
    public static PaneOutcome Of(Action save)
    {
        try
        {
            save();
            return new PaneOutcome { IsSaved = true };
        }
        catch (InvalidFormException exception)
        {
            return new PaneOutcome { Errors = exception.Errors };
        }
        catch (PlatformException exception) when (exception.Fault == PlatformFault.Conflict)
        {
            return new PaneOutcome { ConflictMessage = exception.Message };
        }
        catch (PlatformException exception) when (exception.Fault == PlatformFault.Input)
        {
            return new PaneOutcome { Refusal = exception.Message };
        }
    }

    /// <summary>Of HTTP, as the API answers.</summary>
    public int StatusWith(int errors) => IsConflict ? StatusCodes.Status409Conflict : errors > 0 ? StatusCodes.Status400BadRequest : StatusCodes.Status200OK;
}
