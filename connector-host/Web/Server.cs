using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using ConnectorPlatform.Host.Audit;
using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.Connectors.Packages;
using ConnectorPlatform.Host.Connectors.Workers;
using ConnectorPlatform.Host.People;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Host.Runs.Backfills;
using ConnectorPlatform.Host.Schedules;
using ConnectorPlatform.Host.Web.Api;
using ConnectorPlatform.Host.Web.Audit;
using ConnectorPlatform.Host.Web.Operations;
using ConnectorPlatform.Host.Web.People;
using ConnectorPlatform.Host.Web.Site;

namespace ConnectorPlatform.Host.Web;

/// <summary>The platform as a web server.</summary>
internal static class Server
{
    public const string DefaultAddress = "http://127.0.0.1:5080";

    /// <summary>The setting of a server for who sits at the machine.</summary>
    public static KeyValuePair<string, string?> WithoutSignIn { get; } = new(SignInModes.Setting, nameof(SignInMode.Off));

    /// <summary>The largest request: a form with a thousand chosen DataSets, a schema or a configuration is far smaller.</summary>
    private const long MostBytes = 8 * 1024 * 1024;

    private static readonly TimeSpan StopWithin = TimeSpan.FromSeconds(9);

    /// <summary>Builds the server; the caller starts it.</summary>
    /// <exception cref="PlatformException">The address is not on loopback, and sign-in is off.</exception>
    public static WebApplication Build(string dataFolder, string address) => Build(dataFolder, address, Pages.Map);

    /// <inheritdoc cref="Build(string, string)"/>
    /// <param name="dataFolder">The platform's data.</param>
    /// <param name="address">Where to listen.</param>
    /// <param name="map">Adds the pages.</param>
    /// <param name="settings">Settings that stand above those of the environment.</param>
    public static WebApplication Build(string dataFolder, string address, Action<WebApplication> map, params IEnumerable<KeyValuePair<string, string?>> settings)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Configuration.AddEnvironmentVariables().AddInMemoryCollection(settings);
        var mode = builder.Configuration.ReadSignInMode();
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().UseUrls(Reach.CheckAddress(address, mode))
            .ConfigureKestrel((context, kestrel) =>
            {
                kestrel.Limits.MaxRequestBodySize = MostBytes;
                kestrel.Configure(context.Configuration.GetSection("Kestrel"));
            });
        builder.Services.AddRoutingCore();
        builder.Services.AddLogging(logging => logging.AddSimpleConsole().SetMinimumLevel(LogLevel.Warning)
            .AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error)
            .AddFilter("Microsoft.AspNetCore.Antiforgery", LogLevel.Error));
        builder.Services.AddPlatform(dataFolder);
        builder.Services.AddSite();
        builder.Services.AddSignIn(mode, builder.Configuration.Read<OpenIdConnectSettings>("SignIn:OpenIdConnect"));
        builder.Services.AddApi();
        builder.Services.AddMeasuring();
        builder.Services.AddHostedService<ConnectorWatch>();
        builder.Services.AddHostedService<SchedulerHost>();
        builder.Services.AddHostedService<BackfillHost>();
        builder.Services.AddHostedService<RunsHost>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<AccountProbe>());
        builder.Services.AddHostedService(provider => provider.GetRequiredService<AuditRetention>());
        var server = builder.Build();
        server.UseProxies();
        server.UseResponseCompression();
        server.Use(server.Services.GetRequiredService<Failures>().HandleAsync);
        server.Use(server.Services.GetRequiredService<Protection>().HandleAsync);
        server.UseSignIn();
        server.Use(RequestActor.HandleAsync);
        server.UseWhen(Failures.IsApi, api => api.Use(ApiRequests.HandleAsync));
        map(server);
        return server;
    }

    /// <summary>Settles interrupted runs, then listens.</summary>
    /// <exception cref="PlatformException">The address is taken.</exception>
    public static async Task StartPlatformAsync(this WebApplication server, CancellationToken cancellationToken)
    {
        // What the server does from now on is not done by who started it.
        CurrentActor.Value = Actor.Host;
        _ = server.Services.GetRequiredService<ConnectorCatalog>();
        await server.Services.GetRequiredService<RunReconciler>().ReconcileAsync(cancellationToken).ConfigureAwait(false);
        server.Services.GetRequiredService<IdempotencyStore>().FreeAbandoned();
        if (!server.Services.GetRequiredService<WorkerSettings>().IsInProcess)
        {
            server.Services.GetRequiredService<WorkerPool>().Replenish();
        }

        await server.ListenAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Lets runs come to their next commit, and ends; what was not done in time is cut off.</summary>
    public static async Task StopPlatformAsync(this WebApplication server)
    {
        using var patience = new CancellationTokenSource(StopWithin);
        await server.StopAsync(patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Listens.</summary>
    /// <exception cref="PlatformException">The address is taken, or there is no certificate for it.</exception>
    public static async Task ListenAsync(this WebApplication server, CancellationToken cancellationToken)
    {
        try
        {
            await server.StartAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is InvalidOperationException or CryptographicException or FileNotFoundException && server.Urls.Any(url => url.StartsWith("https:", StringComparison.Ordinal)))
        {
            throw new PlatformException(
                PlatformFault.Input, $"HTTPS needs a certificate that can be read: set Kestrel__Certificates__Default__Path, and …__Password if it has one. {exception.Message}", exception);
        }
        catch (IOException exception)
        {
            throw new PlatformException(
                PlatformFault.Busy, $"The address {string.Join(", ", server.Urls)} cannot be listened on: {exception.Message} Choose another with --url.", exception);
        }
    }

    /// <summary>An address on a port that is free now.</summary>
    public static string FreeAddress()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return $"http://{socket.LocalEndPoint}";
    }

    public static bool IsFree(string address)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, new Uri(address).Port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
