using RlhfHub.Training.Generation;
using RlhfHub.Training.Losses;
using static TorchSharp.torch;

namespace RlhfHub.Training.Trainers;

/// <summary>Prompts and what the policy answered, side by side. Rows are padded on the right, where causal attention sees nothing of it. The surrounding scope owns the tensors.</summary>
internal sealed class Rollout
{
    /// <param name="prompts">The prompts.</param>
    /// <param name="results">What was written; the closing token counts.</param>
    /// <param name="responseLength">The most tokens of a response.</param>
    /// <param name="padId">Fills up rows; any id will do.</param>
    /// <param name="device">Where the tensors go.</param>
    public Rollout(IReadOnlyList<int[]> prompts, IReadOnlyList<GenerationResult> results, int responseLength, int padId, Device device)
    {
        Texts = [.. prompts.Zip(results, (prompt, result) => (IReadOnlyList<int>)[.. prompt, .. result.Tokens])];
        Lengths = [.. results.Select(result => result.Tokens.Count)];
        HaveEnded = [.. results.Select(result => result.Reason == FinishReason.EndOfText)];
        // One place beyond the longest, where its score is paid, but no more than a response may have.
        Time = Math.Min(responseLength, Lengths.Max() + 1);
        var width = Texts.Max(text => text.Count);
        var (ids, responses, places) = (new long[Count, width], new long[Count, Time], new long[Count, Time]);
        for (var row = 0; row < Count; row++)
        {
            for (var i = 0; i < width; i++) ids[row, i] = i < Texts[row].Count ? Texts[row][i] : padId;
            for (var t = 0; t < Time; t++)
            {
                responses[row, t] = t < Lengths[row] ? results[row].Tokens[t] : padId;
                places[row, t] = Math.Min(prompts[row].Length - 1 + t, width - 1);
            }
        }
        (Ids, Responses, Places) = (tensor(ids, device: device), tensor(responses, device: device), tensor(places, device: device));
        Masks = ResponseMasks.Of(tensor(Array.ConvertAll(Lengths, length => (long)length), device: device), Time);
    }

    public int Count => Texts.Count;

    /// <summary>Places of a response, the longest one's and one for its score.</summary>
    public int Time { get; }

    /// <summary>Prompt and response, without padding.</summary>
    public IReadOnlyList<IReadOnlyList<int>> Texts { get; }

    /// <summary>Tokens of each response.</summary>
    public int[] Lengths { get; }

    /// <summary>Whether each response ended by itself.</summary>
    public bool[] HaveEnded { get; }

    /// <summary>(batch, width), int64.</summary>
    public Tensor Ids { get; }

    /// <summary>(batch, T), int64.</summary>
    public Tensor Responses { get; }

    /// <summary>(batch, T), int64: the column of <see cref="Ids"/> before each token of the response.</summary>
    public Tensor Places { get; }

    public ResponseMasks Masks { get; }

    /// <summary>Rows as an index into the tensors, int64.</summary>
    public Tensor Index(int[] rows) => tensor(Array.ConvertAll(rows, row => (long)row), device: Ids.device);

    /// <summary>Tokens of some responses.</summary>
    public long TokensOf(IEnumerable<int> rows) => rows.Sum(row => (long)Lengths[row]);

    /// <summary>Places of some responses that have a value.</summary>
    public long ValuesOf(IEnumerable<int> rows) => rows.Sum(row => (long)Math.Min(Lengths[row] + 1, Time));
}
