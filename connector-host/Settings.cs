using System.ComponentModel.DataAnnotations;

namespace ConnectorPlatform.Host;

/// <summary>Reads the operator's settings, and says which one is wrong.</summary>
internal static class Settings
{
    /// <summary>A section's settings as a record; what is not set has the record's defaults.</summary>
    /// <exception cref="PlatformException">A value cannot be read, or is out of its range.</exception>
    public static T Read<T>(this IConfiguration configuration, string section)
        where T : class, new() => configuration.Read(section, new T());

    /// <summary>A section's settings, put over others.</summary>
    /// <param name="configuration">The operator's settings.</param>
    /// <param name="section">The section's name.</param>
    /// <param name="settings">What stands where nothing is set; is changed and returned.</param>
    /// <exception cref="PlatformException">A value cannot be read, or is out of its range.</exception>
    public static T Read<T>(this IConfiguration configuration, string section, T settings)
        where T : class
    {
        Convert(() => configuration.GetSection(section).Bind(settings));
        var problems = new List<ValidationResult>();
        return Validator.TryValidateObject(settings, new ValidationContext(settings), problems, validateAllProperties: true)
            ? settings
            : throw new PlatformException(PlatformFault.Input, $"The settings {section}: {string.Join(" ", problems.Select(problem => problem.ErrorMessage))}");
    }

    /// <summary>One number; null when it is not set.</summary>
    /// <exception cref="PlatformException">The value is no whole number from 1 on.</exception>
    public static int? ReadNumber(this IConfiguration configuration, string name)
    {
        int? number = null;
        Convert(() => number = configuration.GetValue<int?>(name));
        return number is not <= 0
            ? number
            : throw new PlatformException(PlatformFault.Input, $"The setting {name} is {number}; it is a whole number from 1 on.");
    }

    private static void Convert(Action read)
    {
        try
        {
            read();
        }
        catch (InvalidOperationException exception)
        {
            throw new PlatformException(PlatformFault.Input, $"A setting is wrong: {exception.Message}", exception);
        }
    }
}
