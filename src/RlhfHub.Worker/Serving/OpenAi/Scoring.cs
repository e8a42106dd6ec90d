using RlhfHub.Training;
using RlhfHub.Worker.Serving.Engine;
using RlhfHub.Worker.Serving.Http;

namespace RlhfHub.Worker.Serving.OpenAi;

/// <summary>Computes something of each of many texts, a few at a time, so that streams go on beside it.</summary>
internal sealed class Scoring(ServingEngine engine, PlaceCounter places, ServerSettings settings)
{
    private const int TextsAtOnce = 16;
    private const long TokensAtOnce = 8192;   // padding included

    /// <param name="model">The model.</param>
    /// <param name="param">The field that the texts came in, for messages.</param>
    /// <param name="texts">Tokens of each text.</param>
    /// <param name="compute">What is computed of some texts, in their order.</param>
    /// <param name="gone">The caller.</param>
    /// <exception cref="ApiException">A text does not fit the model, or the server has too much to do.</exception>
    public async Task<IReadOnlyList<T>> RunAsync<T>(ModelLease model, string param, IReadOnlyList<int[]> texts, Func<IReadOnlyList<IReadOnlyList<int>>, IReadOnlyList<T>> compute, CancellationToken gone)
    {
        Check(model, param, texts);
        using var place = places.TryTake(1) ?? throw ApiException.Busy($"The server has {places.Taken} requests already and takes {places.Most}.", 1);
        var results = new List<T>();
        try
        {
            foreach (var part in Parts(texts)) results.AddRange(await engine.ComputeAsync(model.Variant, () => compute(part), gone));
        }
        catch (InvalidInputException wrong)
        {
            throw ApiException.Wrong(param, wrong.Message);
        }
        return results;
    }

    private static IEnumerable<IReadOnlyList<int[]>> Parts(IReadOnlyList<int[]> texts)
    {
        var part = new List<int[]>();
        foreach (var text in texts)
        {
            if (part.Count == TextsAtOnce || (part.Count > 0 && (part.Count + 1L) * Math.Max(text.Length, part.Max(other => other.Length)) > TokensAtOnce))
            {
                yield return part;
                part = [];
            }
            part.Add(text);
        }
        if (part.Count > 0) yield return part;
    }

    private void Check(ModelLease model, string param, IReadOnlyList<int[]> texts)
    {
        var (context, vocabulary) = (Math.Min(settings.MaxContext, model.Variant.Model.Config.ContextLength), model.Variant.Model.Config.Decoder.VocabularySize);
        for (var i = 0; i < texts.Count; i++)
        {
            if (texts[i].Length == 0) throw ApiException.Wrong(param, $"Text {i + 1} of '{param}' is empty.");
            if (texts[i].Length > context) throw ApiException.Wrong(param, $"Text {i + 1} of '{param}' has {texts[i].Length} tokens; this model's context is {context}.", "context_length_exceeded");
            if (texts[i].Any(id => id < 0 || id >= vocabulary)) throw ApiException.Wrong(param, $"Text {i + 1} of '{param}' has a token outside the model's vocabulary of 0 to {vocabulary - 1}.");
        }
    }
}
