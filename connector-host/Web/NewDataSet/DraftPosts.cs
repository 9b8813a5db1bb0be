using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Forms;
using ConnectorPlatform.Host.Forms.Validation;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Host.Runs.Drafts;
using ConnectorPlatform.Host.Web.Forms;
using ConnectorPlatform.Host.Web.Site;

namespace ConnectorPlatform.Host.Web.NewDataSet;

/// <summary>
/// What a draft's panes do with a post. Whatever is sent is kept in the draft before anything else, right or wrong, so that no way back or forth loses it.
/// The button that was used says what follows: <c>next</c> (the usual), <c>back</c>, <c>preview</c>, and on the last pane <c>save</c>, <c>run</c> or <c>another</c>.
/// </summary>
internal sealed class DraftPosts(
    SiteRenderer site, DraftPages pages, DraftStore drafts, DraftSaving saving, PaneForms panes, SchedulingForm scheduling, FormValidator validator, PreviewRun previews, RunRequests runs)
{
    public static void Map(IEndpointRouteBuilder server)
    {
        var posts = server.ServiceProvider.GetRequiredService<DraftPosts>();
        server.MapPost("/drafts/fires", posts.FiresAsync);
        server.MapPost("/drafts/{id}/credentials", posts.ChooseAccountAsync);
        server.MapPost("/drafts/{id}/details", posts.DetailsAsync);
        server.MapPost("/drafts/{id}/details/fields", posts.DetailsFieldsAsync);
        server.MapPost("/drafts/{id}/scheduling", posts.SchedulingAsync);
        server.MapPost("/drafts/{id}/scheduling/fields", posts.SchedulingFieldsAsync);
        server.MapPost("/drafts/{id}/name", posts.NameAsync);
        server.MapPost("/drafts/{id}/discard", posts.Discard);
    }

    private async Task<IResult> ChooseAccountAsync(HttpContext context, string id, CancellationToken cancellationToken)
    {
        var form = await context.Request.ReadFormAsync(cancellationToken).ConfigureAwait(false);
        var account = form["account"].ToString();
        _ = panes.AccountOf(account);
        drafts.Change(id, draft => draft with { AccountChoice = account });
        return site.Redirect(context, DraftPages.PathOf(id, "details"));
    }

    private async Task<IResult> DetailsAsync(HttpContext context, string id, CancellationToken cancellationToken)
    {
        var posted = await context.Request.ReadFormAsync(cancellationToken).ConfigureAwait(false);
        var (draft, scene, post) = KeepDetails(id, posted);
        if (!post.IsSubmit)
        {
            return pages.ShowDetails(context, draft, await FormPresenter.AfterAsync(scene, post, [], cancellationToken).ConfigureAwait(false));
        }

        if (posted["go"] == "back")
        {
            return site.Redirect(context, DraftPages.PathOf(id, "credentials"));
        }

        var errors = validator.Validate(scene.Form, post.Settled, UnknownNames.Dropped);
        if (errors.Count == 0 && posted["go"] != "preview")
        {
            return site.Redirect(context, DraftPages.PathOf(id, "scheduling"));
        }

        var view = await FormPresenter.AfterAsync(scene, post, errors, cancellationToken).ConfigureAwait(false);
        return errors.Count > 0
            ? pages.ShowDetails(context, draft, view)
            : pages.ShowDetails(context, draft, view, await PreviewAsync(draft, post, cancellationToken).ConfigureAwait(false));
    }

    private async Task<IResult> DetailsFieldsAsync(HttpContext context, string id, CancellationToken cancellationToken)
    {
        var (_, scene, post) = KeepDetails(id, await context.Request.ReadFormAsync(cancellationToken).ConfigureAwait(false));
        return await FragmentAsync(context, scene, post, cancellationToken).ConfigureAwait(false);
    }

    private (Draft Draft, FormScene Scene, FormPost Post) KeepDetails(string id, IFormCollection posted)
    {
        var scene = pages.DetailsScene(drafts.Get(id));
        var post = FormPost.Read(posted, scene);
        return (drafts.Change(id, draft => draft with { Details = post.Settled.Data }), scene, post);
    }

    private async Task<object> PreviewAsync(Draft draft, FormPost post, CancellationToken cancellationToken)
    {
        var preview = await previews.RunAsync(pages.PackageOf(draft), panes.AccountOf(draft.AccountChoice), post.Settled.Data, cancellationToken).ConfigureAwait(false);
        return new
        {
            Failure = preview.Run.Failure is { } failure ? $"{failure.Message} {failure.WhoActs}" : "",
            preview.Run.Warnings,
            Calls = Words.Count(preview.Run.Counts.Requests, "call"),
            Rows = Words.Count(preview.Rows.Count, "row"),
            preview.IsCut,
            Columns = preview.Columns.Select(column => new { column.Name, Type = column.Type.ToString(), column.IsKey, IsNumber = column.Type is ColumnType.Integer or ColumnType.Double or ColumnType.Decimal }).ToList(),
            Values = preview.Rows.Select(row => row.Select(ValueText.Of).ToList()).ToList(),
        };
    }

    private async Task<IResult> SchedulingAsync(HttpContext context, string id, CancellationToken cancellationToken)
    {
        var posted = await context.Request.ReadFormAsync(cancellationToken).ConfigureAwait(false);
        var (draft, scene, post) = KeepScheduling(id, posted);
        if (post.IsSubmit && posted["go"] == "back")
        {
            return site.Redirect(context, DraftPages.PathOf(id, "details"));
        }

        var errors = post.IsSubmit ? scheduling.ErrorsOf(post.Settled) : [];
        return post.IsSubmit && errors.Count == 0
            ? site.Redirect(context, DraftPages.PathOf(id, "name"))
            : pages.ShowScheduling(context, draft, await FormPresenter.AfterAsync(scene, post, errors, cancellationToken).ConfigureAwait(false), post.Settled.Data);
    }

    private async Task<IResult> SchedulingFieldsAsync(HttpContext context, string id, CancellationToken cancellationToken)
    {
        var (_, scene, post) = KeepScheduling(id, await context.Request.ReadFormAsync(cancellationToken).ConfigureAwait(false));
        return await FragmentAsync(context, scene, post, cancellationToken).ConfigureAwait(false);
    }

    private (Draft Draft, FormScene Scene, FormPost Post) KeepScheduling(string id, IFormCollection posted)
    {
        var scene = DraftPages.SchedulingScene(id);
        var post = FormPost.Read(posted, scene);
        return (drafts.Change(id, draft => draft with { Scheduling = post.Settled.Data }), scene, post);
    }

    private async Task<IResult> FiresAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var post = await FormPost.ReadAsync(context.Request, SchedulingForm.Scene("/drafts/fires"), cancellationToken).ConfigureAwait(false);
        return site.Part(context, "schedule-fires", panes.Fires(post.Settled.Data));
    }

    private async Task<IResult> NameAsync(HttpContext context, string id, CancellationToken cancellationToken)
    {
        var posted = await context.Request.ReadFormAsync(cancellationToken).ConfigureAwait(false);
        var draft = drafts.Change(id, before => before with
        {
            Name = posted["name"].ToString().Trim(),
            Description = posted["description"].ToString(),
            Tags = [.. DataSetLabels.SplitTags(posted["tags"].ToString())],
        });
        if (posted["go"] == "back")
        {
            return site.Redirect(context, DraftPages.PathOf(id, "scheduling"));
        }

        try
        {
            return await FollowAsync(context, saving.Save(draft), draft, posted["go"].ToString()).ConfigureAwait(false);
        }
        catch (InvalidFormException exception)
        {
            return pages.ShowName(context, draft, [new ErrorLink("pane-details", $"The details are not complete. {exception.Message}")]);
        }
        catch (PlatformException exception) when (exception.Fault == PlatformFault.Input)
        {
            return pages.ShowName(context, draft, [new ErrorLink("name", exception.Message)]);
        }
    }

    private async Task<IResult> FollowAsync(HttpContext context, DataSetConfiguration dataSet, Draft draft, string go)
    {
        if (go == "another")
        {
            var another = drafts.Begin(draft.Connector, draft.AccountChoice);
            return site.Redirect(context, DraftPages.PathOf(another.Id, "details"), $"“{dataSet.Name}” is saved. Here is the next one with the same account.");
        }

        if (go == "run")
        {
            await runs.StartAsync(dataSet).ConfigureAwait(false);
        }

        return site.Redirect(context, $"/datasets/{dataSet.Id}", go == "run" ? $"“{dataSet.Name}” is saved, and its first run has begun." : $"“{dataSet.Name}” is saved. It has no rows until it runs.");
    }

    private IResult Discard(HttpContext context, string id)
    {
        drafts.Remove(id);
        return site.Redirect(context, "/new", "The draft is discarded.");
    }

    private async Task<IResult> FragmentAsync(HttpContext context, FormScene scene, FormPost post, CancellationToken cancellationToken)
    {
        var view = await FormPresenter.AfterAsync(scene, post, [], cancellationToken).ConfigureAwait(false);
        return site.Part(context, view.Fragment.Template, view.Fragment.Model);
    }
}
