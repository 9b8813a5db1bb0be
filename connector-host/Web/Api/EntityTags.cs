using System.Globalization;
using ConnectorPlatform.Host.DataSets;

namespace ConnectorPlatform.Host.Web.Api;

/// <summary>A DataSet's version as an ETag, so that of two who change it the second is told.</summary>
internal static class EntityTags
{
    public static void Set(HttpResponse response, DataSetConfiguration dataSet) => response.Headers.ETag = Of(dataSet);

    /// <summary>Refuses a change of what the client has not seen.</summary>
    /// <exception cref="BadHttpRequestException">The header is missing, or names another version.</exception>
    public static void Check(string? ifMatch, DataSetConfiguration dataSet)
    {
        if (string.IsNullOrWhiteSpace(ifMatch))
        {
            throw new BadHttpRequestException("Send the header If-Match with the ETag of the DataSet as you have read it, or with * for whatever it is now.", StatusCodes.Status428PreconditionRequired);
        }

        if (ifMatch.Trim() != "*" && !ifMatch.Split(',', StringSplitOptions.TrimEntries).Contains(Of(dataSet)))
        {
            throw new BadHttpRequestException(
                $"The DataSet \"{dataSet.Name}\" was changed after you had read it: it is version {dataSet.Version} now. Nothing was saved: read it again, and repeat the change.", StatusCodes.Status412PreconditionFailed);
        }
    }

    private static string Of(DataSetConfiguration dataSet) => string.Create(CultureInfo.InvariantCulture, $"\"{dataSet.Version}\"");
}
