using System.ComponentModel.DataAnnotations;

namespace RlhfHub.Worker.Serving;

/// <summary>How the model server serves.</summary>
internal sealed record ServerSettings
{
    /// <summary>The folder below which models lie.</summary>
    public required string ModelsFolder { get; init; }

    /// <summary>What must come as a bearer token; null asks for none.</summary>
    public string? Token { get; init; }

    /// <summary>The device of all models: auto, cpu, cuda or cuda:N.</summary>
    public string Device { get; init; } = "auto";

    /// <summary>Weights in memory at most; those used least recently go first.</summary>
    [Range(1L, long.MaxValue)]
    public long MemoryBytes { get; init; } = 8L << 30;

    /// <summary>Texts of one model written at once: a few more than a crowd of 32, so that the next caller has a place too.</summary>
    [Range(1, 1024)]
    public int MaxBatch { get; init; } = 48;

    /// <summary>Texts being written and waiting, of all models together; more are refused with 429.</summary>
    [Range(1, 100_000)]
    public int MaxQueue { get; init; } = 256;

    /// <summary>Tokens of a text and its prompt at most, whatever the model could: every place of a batch has memory for the longest.</summary>
    [Range(16, 10_000_000)]
    public int MaxContext { get; init; } = 4096;

    /// <summary>How long streams may go on after the server was told to stop.</summary>
    [Range(0, 3600)]
    public int GraceSeconds { get; init; } = 30;
}
