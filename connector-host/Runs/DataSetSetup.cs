using System.Text.Json;
using ConnectorPlatform.Host.Accounts;
using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Forms;
using ConnectorPlatform.Host.Forms.Validation;
using ConnectorPlatform.Host.Runs.Sessions;

namespace ConnectorPlatform.Host.Runs;

/// <summary>What was filled into a form is not valid; holds every error.</summary>
internal sealed class InvalidFormException(string form, IReadOnlyList<FormError> errors)
    : Exception($"The {form} are not valid. {string.Join(" ", errors.Select(error => error.Path.Length == 0 ? error.Message : $"{error.Path}: {error.Message}"))}")
{
    public IReadOnlyList<FormError> Errors { get; } = errors;
}

/// <summary>Makes DataSets of what a user filled in; the same rules for command line, API and page.</summary>
internal sealed class DataSetSetup(
    FormValidator validator, AccountStore accounts, DataSetConfigurationStore dataSets, TimeProvider time)
{
    internal const int LongestName = 200;

    /// <summary>The account of that name, or sample data for <c>sample</c>.</summary>
    public AccountChoice Choose(string account) =>
        string.Equals(account, Account.Sample, StringComparison.OrdinalIgnoreCase) ? AccountChoice.SampleData : new AccountChoice(accounts.Get(account));

    /// <summary>Settled details.</summary>
    /// <exception cref="InvalidFormException">They are not valid.</exception>
    public JsonElement SettleDetails(ConnectorPackage package, JsonElement details)
    {
        var form = Form.Parse(package.DetailsForm);
        var settled = form.Settle(details);
        var errors = validator.Validate(form, settled, UnknownNames.Refused);
        return errors.Count == 0 ? settled.Data : throw new InvalidFormException("details", errors);
    }

    /// <exception cref="InvalidFormException">The details are not valid.</exception>
    /// <exception cref="PlatformException">The name is taken, or the account belongs to another connector.</exception>
    public DataSetConfiguration AddDataSet(string name, ConnectorPackage package, AccountChoice account, JsonElement details, UpdateMethod updateMethod) =>
        AddDataSet(name, package, account, details, (updateMethod, new DataSetRules()));

    /// <inheritdoc cref="AddDataSet(string, ConnectorPackage, AccountChoice, JsonElement, UpdateMethod)"/>
    public DataSetConfiguration AddDataSet(
        string name, ConnectorPackage package, AccountChoice account, JsonElement details, (UpdateMethod Method, DataSetRules Rules) update, DataSetLabels? labels = null)
    {
        CheckName(name);
        CheckAccount(account, package.Manifest.Id);
        var now = time.GetUtcNow();
        var dataSet = new DataSetConfiguration
        {
            Id = Identifier.New(),
            Name = name,
            Connector = package.Manifest.Id,
            AccountId = account.Account?.Id,
            Details = SettleDetails(package, details),
            DetailsVersion = package.Manifest.DetailsVersion,
            UpdateMethod = update.Method,
            Rules = update.Rules,
            Description = labels?.Description ?? "",
            Tags = labels?.Tags ?? [],
            CreatedAt = now,
            UpdatedAt = now,
        };
        dataSets.Add(dataSet);
        return dataSet;
    }

    /// <summary>A DataSet with other details, settled by the package's form.</summary>
    /// <exception cref="InvalidFormException">They are not valid.</exception>
    public DataSetConfiguration WithDetails(DataSetConfiguration dataSet, ConnectorPackage package, JsonElement details) =>
        dataSet with { Details = SettleDetails(package, details), DetailsVersion = package.Manifest.DetailsVersion };

    /// <summary>A DataSet with another account of the same connector.</summary>
    /// <exception cref="PlatformException">The account belongs to another connector.</exception>
    public static DataSetConfiguration WithAccount(DataSetConfiguration dataSet, AccountChoice account)
    {
        CheckAccount(account, dataSet.Connector);
        return dataSet with { AccountId = account.Account?.Id };
    }

    private static void CheckAccount(AccountChoice account, string connector)
    {
        if (account.Account is { } chosen && chosen.Connector != connector)
        {
            throw new PlatformException(PlatformFault.Input, $"The account \"{chosen.Name}\" is for the connector {chosen.Connector}, not for {connector}.");
        }
    }

    /// <exception cref="PlatformException">It is no name for an account or a DataSet.</exception>
    public static void CheckName(string name)
    {
        if (string.IsNullOrWhiteSpace(name) || name.Length > LongestName || name.Any(char.IsControl))
        {
            throw new PlatformException(PlatformFault.Input, $"A name has 1 to {LongestName} characters and no line breaks.");
        }
    }
}
