using System.Text;
using RlhfHub.Training.Tokenization;

namespace RlhfHub.Training.Generation;

/// <summary>A text in the making: its tokens, what of it may be shown, and whether it has ended.</summary>
internal sealed class ActiveText(GenerationRequest request, IReadOnlyCollection<int> endIds, int maxNewTokens, Tokenizer? tokenizer, int order)
{
    private readonly List<int> tokens = [];
    private readonly List<float> logProbabilities = [];
    private readonly StringBuilder text = new();
    private readonly StreamingDecoder? decoder = tokenizer?.CreateStreamingDecoder();
    private readonly StopTextFilter stops = new(request.Options.Stop);

    public GenerationRequest Request => request;

    /// <summary>Where the result stands among all requests.</summary>
    public int Order => order;

    public IReadOnlyList<int> Tokens => tokens;

    /// <summary>The most positions that it may fill: the last token is never fed back.</summary>
    public int MaxPositions => request.Prompt.Count + maxNewTokens - 1;

    /// <summary>The position at which the newest token is fed back.</summary>
    public int NextPosition => request.Prompt.Count + tokens.Count - 1;

    /// <summary>Null while it goes on.</summary>
    public FinishReason? Reason { get; private set; }

    /// <summary>Takes the next token; decides whether the text has ended and tells the caller.</summary>
    public void Append(int id, float logProbability, IReadOnlyList<TokenAlternative> alternatives)
    {
        tokens.Add(id);
        logProbabilities.Add(logProbability);
        var isEnd = !request.Options.IgnoresEnd && endIds.Contains(id);
        // An end-of-text token is no part of the text, whether or not the tokenizer calls it special.
        var piece = isEnd ? "" : stops.Push(decoder?.Push(id) ?? "");
        Reason = isEnd ? FinishReason.EndOfText
            : stops.IsStopped ? FinishReason.StopText
            : tokens.Count >= maxNewTokens ? FinishReason.Length
            : request.Cancellation.IsCancellationRequested ? FinishReason.Cancelled
            : null;
        if (Reason is not null && !stops.IsStopped) piece = Flush(piece);
        text.Append(piece);
        request.OnToken?.Invoke(new(id, piece, logProbability) { Alternatives = alternatives });
    }

    /// <summary>Ends a text that was cancelled while it waited; false when it was not.</summary>
    public bool CancelBeforeStart()
    {
        if (!request.Cancellation.IsCancellationRequested) return false;
        Reason = FinishReason.Cancelled;
        return true;
    }

    public GenerationResult Finish() => new() { Tokens = tokens, Text = text.ToString(), LogProbabilities = logProbabilities, Reason = Reason!.Value };

    private string Flush(string piece)
    {
        piece += stops.Push(decoder?.Flush() ?? "");
        if (!stops.IsStopped) return piece + stops.Flush();
        Reason = FinishReason.StopText;
        return piece;
    }
}
