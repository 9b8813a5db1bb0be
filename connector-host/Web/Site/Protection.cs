namespace ConnectorPlatform.Host.Web.Site;

/// <summary>What keeps other pages in the same browser from reading this one.</summary>
internal sealed class Protection(IConfiguration configuration)
{
    private static readonly string[] LocalNames = ["127.0.0.1", "localhost", "[::1]"];

    private static readonly char[] Separators = [';', ',', ' '];

    private readonly string[] _allowed =
    [
        .. (configuration["Web:AllowedHosts"] ?? "").Split(Separators, StringSplitOptions.RemoveEmptyEntries),
        .. (configuration[WebHostDefaults.ServerUrlsKey] ?? "").Split(Separators, StringSplitOptions.RemoveEmptyEntries).Select(url => BindingAddress.Parse(url).Host)
            .Where(host => host is not ("*" or "+")),
    ];

    public static bool IsLocalName(string host) => LocalNames.Contains(host, StringComparer.OrdinalIgnoreCase);

    public Task HandleAsync(HttpContext context, RequestDelegate next)
    {
        SetHeaders(context.Response.Headers);
        if (context.Request.IsHttps)
        {
            context.Response.Headers.StrictTransportSecurity = "max-age=31536000";
        }

        if (IsAllowed(context.Request.Host.Host))
        {
            return next(context);
        }

        // A foreign page that rebinds its own name to this address must not read the data.
        context.Response.StatusCode = StatusCodes.Status421MisdirectedRequest;
        return Task.CompletedTask;
    }

    // A "*" is what operators write whose proxy looks at the name already.
    private bool IsAllowed(string host) => IsLocalName(host) || _allowed.Contains("*") || _allowed.Contains(host, StringComparer.OrdinalIgnoreCase);

    private static void SetHeaders(IHeaderDictionary headers)
    {
        headers.ContentSecurityPolicy =
            "default-src 'self'; script-src 'self'; style-src 'self'; object-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=(), usb=()";
        headers.CacheControl = "no-cache, no-store";
        headers.Pragma = "no-cache";
    }
}
