using System.Threading.Channels;
using RlhfHub.Training.Generation;
using RlhfHub.Worker.Serving.Engine;
using RlhfHub.Worker.Serving.Http;

namespace RlhfHub.Worker.Serving.OpenAi;

/// <summary>Sends texts as they are written. A caller who reads slowly gets several tokens in a piece; the others never wait for him.</summary>
internal static class TokenStream
{
    /// <param name="http">The request.</param>
    /// <param name="texts">The texts.</param>
    /// <param name="begin">The first event of a text, by its number; null for none.</param>
    /// <param name="piece">The event of some tokens.</param>
    /// <param name="end">The event that says why a text ended.</param>
    /// <param name="last">The event after all texts; null for none.</param>
    /// <param name="sendsEmpty">Whether tokens are told whose text is still held back.</param>
    public static async Task SendAsync(
        HttpContext http, GenerationTexts texts, Func<int, object>? begin, Func<int, IReadOnlyList<GeneratedToken>, object> piece, Func<int, GenerationResult, object> end,
        Func<GenerationResult[], object>? last, bool sendsEmpty)
    {
        var gone = http.RequestAborted;
        // Before the first token an error is still an answer of its own.
        await FirstAsync(texts.Jobs[0], gone);
        var events = Channel.CreateUnbounded<StreamEvent>(new UnboundedChannelOptions { SingleReader = true });
        var forwarding = ForwardAllAsync(texts.Jobs, events.Writer);
        var stream = new EventStream(http.Response);
        await stream.StartAsync(gone);
        try
        {
            for (var i = 0; begin is not null && i < texts.Jobs.Count; i++) stream.Write(begin(i));
            while (await events.Reader.WaitToReadAsync(gone))
            {
                while (events.Reader.TryRead(out var next))
                {
                    if (next.Result is { } result) stream.Write(end(next.Index, result));
                    else if (sendsEmpty || next.Tokens!.Any(token => token.Text.Length > 0)) stream.Write(piece(next.Index, next.Tokens!));
                }
                await stream.FlushAsync(gone);
            }
            if (last is not null) stream.Write(last(await texts.AllAsync()));
            await stream.EndAsync(gone);
        }
        catch (OperationCanceledException) when (gone.IsCancellationRequested)
        {
            // The caller has gone.
        }
        catch (Exception problem)
        {
            // Told in the stream, for those who read it so; and the connection breaks, so that nobody takes the text for whole.
            var told = Generation.Explain(problem);
            stream.Write(told.ToJson());
            await stream.FlushAsync(CancellationToken.None);
            http.Abort();
        }
        await texts.Cancelled.CancelAsync();   // where the caller has gone, the texts go on otherwise
        await forwarding;
    }

    private static async Task FirstAsync(GenerationJob job, CancellationToken gone)
    {
        try
        {
            await job.Tokens.WaitToReadAsync(gone);
        }
        catch (Exception problem) when (problem is not OperationCanceledException || !gone.IsCancellationRequested)
        {
            throw Generation.Explain(problem);
        }
    }

    /// <summary>The events of all texts in the order in which they come, tokens that came together in one. What goes wrong goes to the reader.</summary>
    private static async Task ForwardAllAsync(IReadOnlyList<GenerationJob> jobs, ChannelWriter<StreamEvent> events)
    {
        try
        {
            await Task.WhenAll(jobs.Select((job, i) => ForwardAsync(job, i, events)));
            events.TryComplete();
        }
        catch (Exception problem)
        {
            events.TryComplete(problem);
        }
    }

    private static async Task ForwardAsync(GenerationJob job, int index, ChannelWriter<StreamEvent> events)
    {
        while (await job.Tokens.WaitToReadAsync())
        {
            var tokens = new List<GeneratedToken>();
            while (job.Tokens.TryRead(out var token)) tokens.Add(token);
            if (tokens.Count > 0) events.TryWrite(new(index, tokens, null));
        }
        events.TryWrite(new(index, null, await job.Result));
    }

    /// <summary>Tokens of a text, or its end.</summary>
    private readonly record struct StreamEvent(int Index, IReadOnlyList<GeneratedToken>? Tokens, GenerationResult? Result);
}
