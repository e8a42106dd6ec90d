using System.Runtime.CompilerServices;
using RlhfHub.Domain.Models;
using RlhfHub.Domain.Prompts;

namespace RlhfHub.Domain.Tests.Models;

/// <summary>Models that say what a test wants, and remember what they were asked.</summary>
internal sealed class FakeModelHost : IModelHost
{
    private readonly Lock gate = new();

    public List<(ModelAddress Model, IReadOnlyList<Message> Messages, ReplySampling Sampling)> Asked { get; } = [];

    public Func<IReadOnlyList<Message>, ReplySampling, string> Reply { get; set; } = (messages, sampling) => $"Reply {sampling.Seed} to {messages[^1].Content}";

    public Exception? Failure { get; set; }

    /// <summary>Fails when so many replies were given.</summary>
    public int FailsAfter { get; set; } = int.MaxValue;

    /// <summary>Called before each reply.</summary>
    public Func<Task> Before { get; set; } = () => Task.CompletedTask;

    public string? Refusal { get; set; }

    public IReadOnlyList<string> Installed() => ["org/other", "starter"];

    public Task<string?> RefusalAsync(Uri endpoint, CancellationToken cancellationToken) => Task.FromResult(Refusal);

    public string Seal(string key) => "sealed:" + new string([.. key.Reverse()]);

    public async IAsyncEnumerable<string> WriteAsync(ModelAddress model, IReadOnlyList<Message> messages, ReplySampling sampling, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Before();
        string text;
        lock (gate)
        {
            if (Failure is { } failure) throw failure;
            if (Asked.Count >= FailsAfter) throw new ModelException("It is gone.");
            Asked.Add((model, messages, sampling));
            text = Reply(messages, sampling);
        }
        foreach (var piece in text.Chunk(3)) yield return new string(piece);
    }

    public Task<ModelServerStatus> StatusAsync(CancellationToken cancellationToken) => Task.FromResult(new ModelServerStatus(ModelServerState.NotStarted, null, 0, null, null, "log"));
}
