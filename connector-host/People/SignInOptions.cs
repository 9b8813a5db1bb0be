using System.ComponentModel.DataAnnotations;

namespace ConnectorPlatform.Host.People;

/// <summary>The operator's settings under <c>SignIn</c>.</summary>
internal sealed record SignInOptions
{
    /// <summary>A session that is not used for so long ends.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "365.00:00:00")]
    public TimeSpan IdleAfter { get; set; } = TimeSpan.FromHours(12);

    /// <summary>After this a session ends, however much it is used.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "365.00:00:00")]
    public TimeSpan EndsAfter { get; set; } = TimeSpan.FromDays(7);
}
