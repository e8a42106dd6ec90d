using System.ComponentModel.DataAnnotations;

namespace RlhfHub.Training.Simulation.Starter;

/// <summary>How the starter model is made; the defaults make the one in <c>models/starter</c>.</summary>
public sealed record StarterOptions
{
    /// <summary>Everything random follows from it.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>Length of the training text in characters; about four are a token.</summary>
    [Range(10_000, 1_000_000_000)]
    public long Characters { get; init; } = 30_000_000;

    /// <summary>Passes over the text.</summary>
    [Range(0.001, 100)]
    public double Epochs { get; init; } = 1;

    /// <summary>Tokens in the vocabulary, special ones and bytes included.</summary>
    [Range(300, 100_000)]
    public int VocabularySize { get; init; } = 1536;

    /// <summary>Width of the residual stream.</summary>
    [Range(8, 4096)]
    public int HiddenSize { get; init; } = 192;

    /// <summary>Width inside the feed-forward layer.</summary>
    [Range(8, 16_384)]
    public int IntermediateSize { get; init; } = 512;

    /// <summary>Number of blocks.</summary>
    [Range(1, 64)]
    public int Layers { get; init; } = 5;

    /// <summary>Number of query heads.</summary>
    [Range(1, 64)]
    public int Heads { get; init; } = 6;

    /// <summary>Number of key and value heads.</summary>
    [Range(1, 64)]
    public int KeyValueHeads { get; init; } = 2;

    /// <summary>The longest text in tokens.</summary>
    [Range(16, 4096)]
    public int ContextLength { get; init; } = 256;

    /// <summary>The highest learning rate.</summary>
    [Range(1e-6, 0.1)]
    public double LearningRate { get; init; } = 3e-3;

    /// <summary>Rows of <see cref="ContextLength"/> tokens in a step.</summary>
    [Range(1, 1024)]
    public int Rows { get; init; } = 16;

    /// <summary>Documents with held-out prompts on which perplexity is measured.</summary>
    [Range(1, 100_000)]
    public int ValidationDocuments { get; init; } = 500;

    /// <summary>Held-out prompts whose replies are judged.</summary>
    [Range(1, 10_000)]
    public int JudgedReplies { get; init; } = 1000;

    /// <summary>Type of the computation: float32 or bfloat16. What is saved is bfloat16 in any case.</summary>
    [AllowedValues("float32", "bfloat16")]
    public string DType { get; init; } = "bfloat16";
}
