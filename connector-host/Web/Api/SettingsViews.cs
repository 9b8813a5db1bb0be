using System.ComponentModel;

namespace ConnectorPlatform.Host.Web.Api;

/// <summary>The platform's settings and what it is.</summary>
internal sealed record SettingsView
{
    public required string Version { get; init; }

    [Description("The IANA zone in which pages tell times, and of schedules that name none.")]
    public required string Zone { get; init; }

    [Description("Form validations of the last hour.")]
    public required int ValidationsUsed { get; init; }

    [Description("How many form validations an hour has; null for any number.")]
    public required int? ValidationsLimit { get; init; }

    [Description("Where the data is.")]
    public required string DataFolder { get; init; }
}

/// <summary>A change of the settings.</summary>
internal sealed record SettingsBody
{
    [Description("An IANA zone, such as Europe/Berlin.")]
    public required string Zone { get; init; }
}

/// <summary>Whether the platform can do its work.</summary>
internal sealed record HealthView(bool IsReady, IReadOnlyList<HealthCheckView> Checks);

/// <summary>One thing that it needs.</summary>
internal sealed record HealthCheckView(string Name, bool IsOk, [property: Description("What is wrong and what to do.")] string? Trouble);
