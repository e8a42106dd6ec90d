using System.Threading.Channels;
using RlhfHub.Training.Generation;

namespace RlhfHub.Worker.Serving.Engine;

/// <summary>A text that is being written for a caller: its tokens as they come, and how it ended.</summary>
internal sealed class GenerationJob
{
    // A text has a limit, and so has this: the engine's thread never waits for a slow reader.
    private readonly Channel<GeneratedToken> tokens = Channel.CreateUnbounded<GeneratedToken>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
    private readonly TaskCompletionSource<GenerationResult> result = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Each token in order; it ends with the text, and throws what ended it early.</summary>
    public ChannelReader<GeneratedToken> Tokens => tokens.Reader;

    /// <summary>The whole text.</summary>
    public Task<GenerationResult> Result => result.Task;

    /// <summary>The tokens that nobody has read yet; of a text that has ended, and that nobody streams, all.</summary>
    public IReadOnlyList<GeneratedToken> Written()
    {
        var written = new List<GeneratedToken>();
        while (tokens.Reader.TryRead(out var token)) written.Add(token);
        return written;
    }

    public void Add(GeneratedToken token) => tokens.Writer.TryWrite(token);

    public void Complete(GenerationResult finished)
    {
        result.TrySetResult(finished);
        tokens.Writer.TryComplete();
    }

    public void Fail(Exception problem)
    {
        if (result.TrySetException(problem)) _ = result.Task.Exception;   // a caller who streams never looks at it
        tokens.Writer.TryComplete(problem);
    }
}
