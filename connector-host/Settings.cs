using System.ComponentModel.DataAnnotations;

namespace ConnectorPlatform.Host;

/// <summary>Reads the operator's settings, and says which one is wrong.</summary>
internal static class Settings
{
    /// <summary>A section's settings as a record; what is not set has the record's defaults.</summary>
    /// <exception cref="PlatformException">A value cannot be read, or is out of its range.</exception>
    public static T Read<T>(this IConfiguration configuration, string section)
        where T : class, new()
    {
        var settings = Converted(() => configuration.GetSection(section).Get<T>()) ?? new T();
        var problems = new List<ValidationResult>();
        return Validator.TryValidateObject(settings, new ValidationContext(settings), problems, validateAllProperties: true)
            ? settings
            : throw new PlatformException(PlatformFault.Input, $"The settings {section}: {string.Join(" ", problems.Select(problem => problem.ErrorMessage))}");
    }

    /// <summary>One number; null when it is not set.</summary>
    /// <exception cref="PlatformException">The value is no whole number from 1 on.</exception>
    public static int? ReadNumber(this IConfiguration configuration, string name) =>
        Converted(() => configuration.GetValue<int?>(name)) is not { } number || number > 0
            ? configuration.GetValue<int?>(name)
            : throw new PlatformException(PlatformFault.Input, $"The setting {name} is {number}; it is a whole number from 1 on.");

    private static T Converted<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (InvalidOperationException exception)
        {
            throw new PlatformException(PlatformFault.Input, $"A setting is wrong: {exception.Message}", exception);
        }
    }
}
