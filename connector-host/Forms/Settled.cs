using System.Text.Json;

namespace ConnectorPlatform.Host.Forms;

/// <summary>A form's answer to some data. All pointers lead into the data.</summary>
internal sealed record Settled
{
    /// <summary>The data at rest: visible fields only, in their order.</summary>
    public required JsonElement Data { get; init; }

    /// <summary>The visible fields in order; a fieldset or repeated group stands before its members.</summary>
    public required IReadOnlyList<string> Visible { get; init; }

    /// <summary>The visible fields that must be present.</summary>
    public required IReadOnlyList<string> Required { get; init; }

    /// <summary>The fields whose change may change the form or a live menu.</summary>
    public required IReadOnlyList<string> Controllers { get; init; }

    /// <summary>The declared fields that are not visible, and when each is shown, in the user's words.</summary>
    public required IReadOnlyDictionary<string, string> Hidden { get; init; }

    /// <summary>Members of the data that no declaration knows; they are not in <see cref="Data"/>.</summary>
    public required IReadOnlyList<string> Unknown { get; init; }

    /// <summary>The declaration behind each visible field.</summary>
    public required IReadOnlyDictionary<string, Field> Fields { get; init; }

    /// <summary>For each visible field all that applies to it now: its declaration, and the tightenings by branches.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<JsonElement>> Constraints { get; init; }

    /// <summary>False when the form contradicts itself so that showing a field hides it again.</summary>
    public required bool IsAtRest { get; init; }
}
