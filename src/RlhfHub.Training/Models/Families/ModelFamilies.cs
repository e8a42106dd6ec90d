namespace RlhfHub.Training.Models.Families;

/// <summary>Every architecture family that can be loaded.</summary>
internal static class ModelFamilies
{
    /// <summary>All families, in the order in which help lists them.</summary>
    public static IReadOnlyList<ModelFamily> All { get; } = [Llama.Family, Mistral.Family, Qwen2.Family, Qwen3.Family, Gpt2.Family, GptNeoX.Family];

    /// <summary>The family with this <c>model_type</c>, or null.</summary>
    public static ModelFamily? Find(string modelType) => All.FirstOrDefault(family => family.ModelType == modelType);
}
