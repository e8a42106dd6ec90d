using RlhfHub.Training.Generation;

namespace RlhfHub.Training.Tests.Generation;

/// <summary>The sampler's rules once more, a token at a time in float64 over a sorted list, to check the batched one against.</summary>
internal static class ReferenceSampler
{
    /// <summary>The chosen token, and how far the choice is from going another way: in logits for the likeliest token, in probability for a draw.</summary>
    public static (int Token, double Margin) Choose(float[] logits, GenerationOptions options, IEnumerable<int> occurred, double uniform)
    {
        var scores = logits.Select(value => (double)value).ToArray();
        foreach (var id in occurred.Distinct()) scores[id] = scores[id] < 0 ? scores[id] * options.RepetitionPenalty : scores[id] / options.RepetitionPenalty;
        var ranked = Enumerable.Range(0, scores.Length).OrderByDescending(id => scores[id]).ToArray();
        if (options.Temperature == 0) return (ranked[0], scores[ranked[0]] - scores[ranked[1]]);

        var margin = double.PositiveInfinity;
        double[] Probabilities(int[] ids)
        {
            var weights = ids.Select(id => Math.Exp((scores[id] - scores[ranked[0]]) / options.Temperature)).ToArray();
            return [.. weights.Select(weight => weight / weights.Sum())];
        }
        void Near(double distance) => margin = Math.Min(margin, Math.Abs(distance));

        var kept = ranked;
        if (options.TopK > 0 && options.TopK < ranked.Length)
        {
            var all = Probabilities(ranked);
            Near(all[options.TopK - 1] - all[options.TopK]);
            kept = ranked[..options.TopK];
        }
        var probabilities = Probabilities(kept);
        var count = 0;
        for (double before = 0; count < kept.Length && (count == 0 || before < options.TopP); before += probabilities[count++])
            if (options.TopP < 1 && count > 0) Near(before - options.TopP);
        if (options.TopP < 1) Near(probabilities[..count].Sum() - options.TopP);
        if (options.MinP > 0)
        {
            foreach (var probability in probabilities[..count]) Near(probability - options.MinP * probabilities[0]);
            count = Math.Max(1, probabilities[..count].Count(probability => probability >= options.MinP * probabilities[0]));
        }

        // An unfiltered draw goes through the vocabulary in the order of ids, a filtered one in that of likelihood.
        var isFiltered = (options.TopK > 0 && options.TopK < ranked.Length) || options.TopP < 1 || options.MinP > 0;
        var candidates = isFiltered ? kept[..count] : [.. Enumerable.Range(0, scores.Length)];
        var shares = Probabilities(candidates);
        double running = 0;
        for (var i = 0; ; i++)
        {
            running += shares[i];
            if (uniform >= running && i < candidates.Length - 1) continue;
            Near(running - uniform);
            Near(uniform - (running - shares[i]));
            return (candidates[i], margin);
        }
    }
}
