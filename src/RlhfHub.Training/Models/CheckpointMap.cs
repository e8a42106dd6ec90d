using RlhfHub.Training.Models.Families;
using RlhfHub.Training.Models.Layers;
using static TorchSharp.torch;
using Parameter = TorchSharp.Modules.Parameter;

namespace RlhfHub.Training.Models;

/// <summary>Which of a model's parameters a checkpoint calls by which name.</summary>
internal static class CheckpointMap
{
    /// <summary>Every parameter of the model, each once.</summary>
    public static IReadOnlyList<CheckpointTensor> Of(LanguageModel model)
    {
        var family = model.Config.Family;
        var tensors = model.Decoder.named_parameters().Select(item => new CheckpointTensor(
            NameOf(item.name, family.Names), item.parameter, family.HasTransposedLinears && item.name.StartsWith("blocks.", StringComparison.Ordinal) && item.parameter.dim() == 2));
        return model.Head is { } head ? [.. tensors, new($"{model.HeadName}.weight", head.weight, false)] : [.. tensors];
    }

    /// <summary>Every linear layer under its checkpoint name, e.g. <c>model.layers.0.self_attn.q_proj</c>, in the order of the model; the head last.</summary>
    public static IReadOnlyList<(string Name, Linear Layer)> Linears(LanguageModel model)
    {
        var layers = model.Decoder.named_modules().Where(item => item.module is Linear)
            .Select(item => (NameOf($"{item.name}.weight", model.Config.Family.Names)[..^".weight".Length], (Linear)item.module));
        return model.Head is { } head ? [.. layers, (model.HeadName, head)] : [.. layers];
    }

    /// <summary>Checkpoint name of a decoder parameter, e.g. <c>blocks.3.attention.query.weight</c> to <c>model.layers.3.self_attn.q_proj.weight</c>.</summary>
    private static string NameOf(string path, CheckpointNames names)
    {
        var parts = path.Split('.');
        var kind = parts[^1];
        if (parts[0] != "blocks")
            return $"{parts[0] switch { "embedding" => names.Embedding, "positionEmbedding" => names.Positions, "finalNorm" => names.FinalNorm, _ => throw Unknown(path) }}.{kind}";
        var name = string.Join('.', parts[2..^1]) switch
        {
            "attentionNorm" => names.AttentionNorm,
            "attention.query" => names.Query,
            "attention.key" => names.Key,
            "attention.value" => names.Value,
            "attention.queryKeyValue" => names.QueryKeyValue,
            "attention.queryNorm" => names.QueryNorm,
            "attention.keyNorm" => names.KeyNorm,
            "attention.output" => names.AttentionOutput,
            "feedForwardNorm" => names.FeedForwardNorm,
            "feedForward.gate" => names.Gate,
            "feedForward.up" => names.Up,
            "feedForward.down" => names.Down,
            _ => throw Unknown(path),
        };
        return $"{(name ?? throw Unknown(path)).Replace("{i}", parts[1], StringComparison.Ordinal)}.{kind}";
    }

    private static InvalidOperationException Unknown(string path) => new($"The parameter {path} has no name in a checkpoint of this family.");
}

/// <summary>One parameter and what a checkpoint makes of it.</summary>
/// <param name="Name">Its name in the checkpoint.</param>
/// <param name="Parameter">The parameter, (out, in) for a matrix.</param>
/// <param name="IsTransposed">The checkpoint stores it (in, out).</param>
internal sealed record CheckpointTensor(string Name, Parameter Parameter, bool IsTransposed)
{
    /// <summary>The parameter in the checkpoint's shape; a view where it is transposed.</summary>
    public Tensor Stored => IsTransposed ? Parameter.t() : Parameter;
}
