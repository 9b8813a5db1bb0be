using System.Diagnostics.CodeAnalysis;
using ConnectorPlatform.Host.Notices.Channels;
using ConnectorPlatform.Host.Notices.Storage;

namespace ConnectorPlatform.Host.Notices;

/// <summary>How one attempt to deliver a notice ended.</summary>
/// <param name="IsDelivered">Whether the receiver took it.</param>
/// <param name="Answer">What the receiver said, without secrets.</param>
/// <param name="RetryAfter">How long the receiver asks to be left alone.</param>
internal sealed record SendingResult(bool IsDelivered, string Answer, TimeSpan? RetryAfter = null);

/// <summary>Makes one attempt to deliver one notice.</summary>
internal sealed class NoticeSending(NoticeRuleStore rules, MailSender mail, WebhookSender webhooks, NoticeOptions options, TimeProvider time)
{
    /// <exception cref="OperationCanceledException">It was cancelled; the receiver may have the notice or not.</exception>
    [SuppressMessage("Design", "CA1031", Justification = "Whatever a receiver does ends in the notice's log.")]
    public async Task<SendingResult> SendAsync(NoticeRule rule, Notice notice, CancellationToken cancellationToken)
    {
        var secret = new NoticeSecret();
        using var late = new CancellationTokenSource(options.AnswerWithin, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            secret = rules.Reveal(rule);
            var text = NoticeText.Of(rule, notice);
            var answer = rule.Channel == NoticeChannel.Email
                ? await mail.SendAsync(rule, secret, notice, text, either.Token).ConfigureAwait(false)
                : await webhooks.SendAsync(rule, secret, notice, text, either.Token).ConfigureAwait(false);
            var flaw = text.Flaw is null ? "" : $" (The rule's own template failed, {text.Flaw}; the built-in text was sent.)";
            return new SendingResult(true, NoticeMask.Clean(answer, rule, secret) + flaw);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (OperationCanceledException)
        {
            return new SendingResult(false, $"The receiver did not answer within {options.AnswerWithin.TotalSeconds:0.#} s.");
        }
        catch (Exception exception)
        {
            return new SendingResult(false, NoticeMask.Clean(exception.Message, rule, secret), (exception as NoticeDeliveryException)?.RetryAfter);
        }
    }
}
