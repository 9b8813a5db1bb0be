using ConnectorPlatform.Host.People;
using ConnectorPlatform.Host.Web.People;

namespace ConnectorPlatform.Host.Web.Accounts;

/// <summary>Rights on DataSets that a request names in its body, where the rule of its address does not see them.</summary>
internal static class DataSetRights
{
    /// <exception cref="PlatformException">One of them is shared with the caller only to look at.</exception>
    public static void CheckEdit(HttpContext context, Access access, IEnumerable<string> dataSetIds)
    {
        if (dataSetIds.Any(id => !context.Caller().MayEdit(access, id)))
        {
            throw new PlatformException(PlatformFault.Input, "One of these DataSets is shared with you only to look at, so that you cannot give it another account. Leave it out, or ask an owner.");
        }
    }
}
