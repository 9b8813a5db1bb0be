using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using MimeKit;

namespace ConnectorPlatform.Tests.Notices;

/// <summary>A mail server on loopback that keeps what it is sent.</summary>
internal sealed class SmtpReceiver : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly Task _accepting;

    public SmtpReceiver()
    {
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public ConcurrentQueue<ReceivedMail> Mails { get; } = new();

    /// <summary>Who may send; null when everybody may.</summary>
    public (string User, string Password)? Login { get; init; }

    public X509Certificate2? Certificate { get; init; }

    /// <summary>Encrypts from the first byte.</summary>
    public bool IsImplicit { get; init; }

    /// <summary>Answers a command in place of the server; null leaves it to the server.</summary>
    public Func<string, string?> Instead { get; set; } = _ => null;

    public static X509Certificate2 MakeCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        var sessions = new List<Task>();
        try
        {
            while (true)
            {
                sessions.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_end.Token)));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(sessions);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                Stream stream = client.GetStream();
                await new Session(this, IsImplicit ? await EncryptAsync(stream) : stream, IsImplicit).RunAsync(_end.Token);
            }
            catch (Exception exception) when (exception is IOException or OperationCanceledException or AuthenticationException)
            {
                // The other side has hung up.
            }
        }
    }

    private async Task<Stream> EncryptAsync(Stream stream)
    {
        var encrypted = new SslStream(stream);
        await encrypted.AuthenticateAsServerAsync(Certificate!);
        return encrypted;
    }

    internal sealed record ReceivedMail(string Sender, IReadOnlyList<string> Receivers, string Raw, bool IsEncrypted, bool IsSignedIn)
    {
        public MimeMessage Message { get; } = MimeMessage.Load(new MemoryStream(Encoding.Latin1.GetBytes(Raw)));
    }

    private sealed class Session(SmtpReceiver server, Stream stream, bool isEncrypted)
    {
        private Stream _stream = stream;
        private bool _isEncrypted = isEncrypted;
        private bool _isSignedIn;
        private string _sender = "";
        private List<string> _receivers = [];

        public async Task RunAsync(CancellationToken cancellationToken)
        {
            await SayAsync("220 localhost ready", cancellationToken);
            while (await ReadLineAsync(cancellationToken) is { } line && await AnswerAsync(line, cancellationToken))
            {
            }
        }

        private async Task<bool> AnswerAsync(string line, CancellationToken cancellationToken)
        {
            var verb = line.Split(' ')[0].ToUpperInvariant();
            if (server.Instead(line) is { } other)
            {
                await SayAsync(other, cancellationToken);
                return true;
            }

            switch (verb)
            {
                case "DATA":
                    await SayAsync("354 go on", cancellationToken);
                    await ReceiveAsync(cancellationToken);
                    break;
                case "STARTTLS":
                    await SayAsync("220 go ahead", cancellationToken);
                    _stream = await server.EncryptAsync(_stream);
                    _isEncrypted = true;
                    break;
                default:
                    await SayAsync(Reply(verb, line), cancellationToken);
                    break;
            }

            return verb != "QUIT";
        }

        private string Reply(string verb, string line)
        {
            switch (verb)
            {
                case "EHLO":
                    var offers = new List<string> { "localhost", "8BITMIME" };
                    offers.AddRange(server.Certificate is not null && !_isEncrypted ? ["STARTTLS"] : []);
                    offers.AddRange(server.Login is not null ? ["AUTH PLAIN"] : []);
                    return string.Join("\r\n", offers.Select((offer, index) => $"250{(index == offers.Count - 1 ? ' ' : '-')}{offer}"));
                case "AUTH":
                    var (user, password) = server.Login!.Value;
                    _isSignedIn = Encoding.UTF8.GetString(Convert.FromBase64String(line.Split(' ')[2])) == $"\0{user}\0{password}";
                    return _isSignedIn ? "235 welcome" : "535 5.7.8 no";
                case "MAIL" when server.Login is not null && !_isSignedIn:
                    return "530 5.7.0 sign in first";
                case "MAIL":
                    (_sender, _receivers) = (Address(line), []);
                    return "250 ok";
                case "RCPT":
                    _receivers.Add(Address(line));
                    return "250 ok";
                case "QUIT":
                    return "221 bye";
                default:
                    return "250 ok";
            }
        }

        private async Task ReceiveAsync(CancellationToken cancellationToken)
        {
            var raw = new StringBuilder();
            while (await ReadLineAsync(cancellationToken) is { } line and not ".")
            {
                raw.Append(line.StartsWith('.') ? line[1..] : line).Append("\r\n");
            }

            server.Mails.Enqueue(new ReceivedMail(_sender, _receivers, raw.ToString(), _isEncrypted, _isSignedIn));
            await SayAsync("250 kept", cancellationToken);
        }

        private static string Address(string line) => line[(line.IndexOf('<', StringComparison.Ordinal) + 1)..line.IndexOf('>', StringComparison.Ordinal)];

        // Byte by byte: what follows STARTTLS must not be read with it.
        private async Task<string?> ReadLineAsync(CancellationToken cancellationToken)
        {
            var line = new List<byte>();
            var one = new byte[1];
            while (await _stream.ReadAsync(one, cancellationToken) == 1)
            {
                if (one[0] == '\n')
                {
                    return Encoding.Latin1.GetString([.. line]).TrimEnd('\r');
                }

                line.Add(one[0]);
            }

            return null;
        }

        private async Task SayAsync(string reply, CancellationToken cancellationToken) =>
            await _stream.WriteAsync(Encoding.Latin1.GetBytes(reply + "\r\n"), cancellationToken);
    }
}
