using ConnectorPlatform.Host.People;
using ConnectorPlatform.Host.People.Storage;
using ConnectorPlatform.Host.Web.Site;

namespace ConnectorPlatform.Host.Web.People;

/// <summary>What everybody decides for themselves: their password, where they are signed in, and their tokens.</summary>
internal sealed class ProfilePages(SiteRenderer site, SignIn signIn, Passwords passwords, SessionStore sessions, OwnTokens tokens, TimeProvider time)
{
    public const string Path = "/profile";

    public static void Map(IEndpointRouteBuilder server)
    {
        var pages = server.ServiceProvider.GetRequiredService<ProfilePages>();
        server.MapMethods(Path, Pages.Reading, (HttpContext context) => pages.Show(context));
        server.MapPost($"{Path}/password", pages.ChangePasswordAsync);
        server.MapPost($"{Path}/sessions/{{id}}/end", pages.EndSession);
        server.MapPost($"{Path}/sessions/end", pages.EndOtherSessions);
        server.MapPost($"{Path}/tokens", pages.AddTokenAsync);
        server.MapPost($"{Path}/tokens/{{id}}/revoke", pages.RevokeToken);
    }

    private IResult Show(HttpContext context, string? error = null, string? token = null)
    {
        var caller = context.Caller();
        var person = caller.Required;
        return site.Page(context, new PageView("profile", "Profile", new
        {
            person.Name,
            Role = person.Role.ToString(),
            person.HasPassword,
            Issuer = person.Issuer ?? "",
            PasswordRules.Shortest,
            Sessions = sessions.ListOf(person.Id).Select(session => new { session.Id, session.Agent, session.Address, session.CreatedAt, session.LastSeenAt, IsThis = session.Id == caller.SessionId }).ToList(),
            Tokens = tokens.List(caller).Select(TokenRow).ToList(),
            Scopes = Enum.GetNames<TokenScope>().Select(scope => scope.ToLowerInvariant()).ToList(),
            UsualDays = (int)ApiTokenStore.UsualLifetime.TotalDays,
            MostDays = (int)ApiTokenStore.LongestLifetime.TotalDays,
            NewToken = token ?? "",
            Errors = error is null ? [] : new[] { new { Target = "", Message = error } },
        })
        {
            Status = error is null ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest,
        });
    }

    private object TokenRow(ApiToken token) => new
    {
        token.Id,
        token.Name,
        token.Start,
        Scopes = string.Join(", ", token.Scopes).ToLowerInvariant(),
        token.ExpiresAt,
        token.LastUsedAt,
        IsExpired = token.ExpiresAt <= time.GetUtcNow(),
    };

    private async Task<IResult> ChangePasswordAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var form = await context.Request.ReadFormAsync(cancellationToken).ConfigureAwait(false);
        var (caller, password) = (context.Caller(), form["new-password"].ToString());
        if (password != form["again"].ToString())
        {
            return Show(context, "The two new passwords are not the same. Type both again.");
        }

        // The way of the sign-in, as who finds an open browser could otherwise guess here.
        if (signIn.Try(caller.Required.Name, form["password"].ToString(), SessionCookie.SenderOf(context)) is { Person: null } refused)
        {
            return Show(context, refused.LockedUntil is null ? "The present password is wrong." : "There were too many attempts with a wrong password. Wait a while.");
        }

        try
        {
            passwords.Set(caller.Required, password);
        }
        catch (PlatformException exception) when (exception.Fault == PlatformFault.Input)
        {
            return Show(context, exception.Message);
        }

        sessions.EndAll(caller.Required.Id, caller.SessionId);
        return site.Redirect(context, Path, "Your password is changed; elsewhere you are signed out.");
    }

    private IResult EndSession(HttpContext context, string id)
    {
        sessions.End(context.Caller().Required.Id, id);
        return site.Redirect(context, Path, "The session is ended.");
    }

    private IResult EndOtherSessions(HttpContext context)
    {
        sessions.EndAll(context.Caller().Required.Id, context.Caller().SessionId);
        return site.Redirect(context, Path, "You are signed in only here now.");
    }

    private async Task<IResult> AddTokenAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var form = await context.Request.ReadFormAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var scopes = TokenScopes.Parse(form["scope"].OfType<string>());
            var (_, key) = tokens.Add(context.Caller(), form["name"].ToString(), scopes, int.TryParse(form["days"], out var days) ? days : 0);
            return Show(context, token: key);
        }
        catch (PlatformException exception) when (exception.Fault == PlatformFault.Input)
        {
            return Show(context, exception.Message);
        }
    }

    private IResult RevokeToken(HttpContext context, string id)
    {
        tokens.Revoke(context.Caller(), id);
        return site.Redirect(context, Path, "The token is revoked.");
    }
}
