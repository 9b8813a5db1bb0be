using System.ComponentModel.DataAnnotations;

namespace ConnectorPlatform.Host.Notices;

/// <summary>The operator's settings <c>Notices</c>.</summary>
internal sealed record NoticeOptions
{
    /// <summary>How long the notice of a refused account waits for further DataSets of it.</summary>
    [Range(typeof(TimeSpan), "0:0:0", "1:0:0", ErrorMessage = "GroupWithin is between 0:0:0 and 1:0:0.")]
    public TimeSpan GroupWithin { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How long one attempt may take.</summary>
    [Range(typeof(TimeSpan), "0:0:1", "0:5:0", ErrorMessage = "AnswerWithin is between 0:0:1 and 0:5:0.")]
    public TimeSpan AnswerWithin { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a notice is tried.</summary>
    [Range(typeof(TimeSpan), "0:0:0", "30.0:0:0", ErrorMessage = "GiveUpAfter is between 0:0:0 and 30.0:0:0.")]
    public TimeSpan GiveUpAfter { get; set; } = TimeSpan.FromDays(1);

    /// <summary>How long what became of notices is kept.</summary>
    [Range(typeof(TimeSpan), "1.0:0:0", "3650.0:0:0", ErrorMessage = "KeepLog is between 1.0:0:0 and 3650.0:0:0.")]
    public TimeSpan KeepLog { get; set; } = TimeSpan.FromDays(30);
}
