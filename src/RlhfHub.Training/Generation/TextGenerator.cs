using RlhfHub.Training.Models;
using RlhfHub.Training.Tokenization;
using static TorchSharp.torch;

namespace RlhfHub.Training.Generation;

/// <summary>
/// Writes many texts at once. Texts join and leave the running batch between tokens; each is a function of its own prompt, options and seed alone,
/// but for the last digits of sums, which depend on the batch's size. Synchronous, for one thread.
/// </summary>
public sealed class TextGenerator : IDisposable
{
    private readonly CausalModel model;
    private readonly Tokenizer? tokenizer;
    private readonly int maxRows;
    private readonly int contextLength;
    private readonly HashSet<int> endIds;
    private readonly Queue<ActiveText> waiting = new();
    private readonly List<ActiveText> rows = [];        // rows[i] stands in row i of the cache
    private readonly KeyValueCache cache;
    private readonly int maxPrefillTokens;
    private Sampler? sampler;
    private Tensor? occurred;                           // (maxRows, vocab), bool; only while some row penalises repetition
    private Tensor? newest;                             // (rows, 1), int64: the tokens to feed next; null after rows moved
    private int nextOrder;
    private bool isBroken;                              // a step ended half-way: texts and cache no longer agree

    /// <param name="model">The model; it is neither changed nor disposed.</param>
    /// <param name="tokenizer">Makes text of tokens; null gives tokens only, and then no stop texts.</param>
    /// <param name="maxRows">Most texts at once.</param>
    /// <param name="endIds">Tokens that end a text; those of the model's config when null.</param>
    /// <param name="maxPrefillTokens">Prompts are read in groups of about so many tokens, padding included.</param>
    public TextGenerator(CausalModel model, Tokenizer? tokenizer, int maxRows, IEnumerable<int>? endIds = null, int maxPrefillTokens = 8192)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxRows, 1);
        this.model = model;
        this.tokenizer = tokenizer;
        this.maxRows = maxRows;
        this.maxPrefillTokens = maxPrefillTokens;
        this.endIds = [.. endIds ?? model.Config.EndIds];
        contextLength = Math.Min(model.Config.ContextLength, model.Config.Decoder.Rope?.Scaling.CacheableLength ?? int.MaxValue);
        cache = new KeyValueCache(model.Config.Decoder, model.Decoder.DType, model.Decoder.Device, maxRows);
    }

    /// <summary>How many texts are being written or wait.</summary>
    public int Pending => rows.Count + waiting.Count;

    /// <summary>Writes all texts and gives the results in the order of the requests.</summary>
    /// <exception cref="InvalidInputException">A request cannot be served; nothing was generated.</exception>
    public static IReadOnlyList<GenerationResult> Run(
        CausalModel model, Tokenizer? tokenizer, IReadOnlyList<GenerationRequest> requests, int maxRows = 32, IEnumerable<int>? endIds = null)
    {
        if (requests.Count == 0) return [];
        using var generator = new TextGenerator(model, tokenizer, Math.Min(maxRows, requests.Count), endIds);
        foreach (var request in requests) generator.Submit(request);
        var results = new GenerationResult[requests.Count];
        while (generator.Pending > 0)
            foreach (var (order, result) in generator.Step()) results[order] = result;
        return results;
    }

    /// <summary>Queues a text; returns its number.</summary>
    /// <exception cref="InvalidInputException">The prompt is empty, too long or has unknown tokens, or an option is out of range.</exception>
    public int Submit(GenerationRequest request)
    {
        var vocabulary = model.Config.Decoder.VocabularySize;
        var prompt = request.Prompt;
        if (request.Options.FindError() is { } error) throw new InvalidInputException(error);
        if (request.Options.Stop.Count > 0 && tokenizer is null) throw new InvalidInputException("Stop texts need the model's tokenizer.");
        if (prompt.Count == 0) throw new InvalidInputException("The prompt has no tokens; expected at least one, for instance the one that starts a text.");
        if (prompt.Count >= contextLength)
            throw new InvalidInputException($"The prompt has {prompt.Count} tokens; the model's context is {contextLength}, of which at least one must be left for new text.");
        foreach (var id in prompt)
            if (id < 0 || id >= vocabulary) throw new InvalidInputException($"The prompt has the token {id}; the model's vocabulary has 0 to {vocabulary - 1}.");
        waiting.Enqueue(new ActiveText(request, endIds, Math.Min(request.Options.MaxNewTokens, contextLength - prompt.Count), tokenizer, nextOrder));
        return nextOrder++;
    }

    /// <summary>Lets waiting texts in where there is room, and adds one token to every text in the batch.</summary>
    /// <returns>The texts that ended, with their numbers.</returns>
    /// <exception cref="ModelFileException">The model gives no numbers (NaN).</exception>
    /// <exception cref="InvalidOperationException">An earlier step threw, be it in <see cref="GenerationRequest.OnToken"/>.</exception>
    public IReadOnlyList<(int Order, GenerationResult Result)> Step()
    {
        if (isBroken) throw new InvalidOperationException("An earlier step failed half-way, and its texts cannot go on; make a new generator.");
        isBroken = true;   // until this step is through
        // Beyond no_grad it spares each small tensor its bookkeeping: a seventh of a tiny model's time. What is made here never meets autograd.
        using var inference = inference_mode(true);
        var finished = new List<(int, GenerationResult)>();
        // Those already in the batch take their step first: a newcomer has its first token from its prompt.
        if (rows.Count > 0)
        {
            Decode();
            Retire(finished);
        }
        // One group of prompts a step: those who stream wait for no more than that.
        if (Admit(finished)) Retire(finished);
        isBroken = false;
        return finished;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        cache.Dispose();
        sampler?.Dispose();
        occurred?.Dispose();
        newest?.Dispose();
    }

    private void Decode()
    {
        using var scope = NewDisposeScope();
        int[] positions = [.. rows.Select(row => row.NextPosition)];
        Reserve(positions.Max() + 1);
        using var step = new DecodeStep(cache, positions);
        newest ??= tensor(rows.ConvertAll(row => (long)row.Tokens[^1]).ToArray(), device: model.Decoder.Device).unsqueeze(1).DetachFromDisposeScope();
        var hidden = model.Decoder.Decode(newest, step);                                  // (rows, 1, hidden)
        Choose(model.Logits(hidden.squeeze(1)), 0);
    }

    private bool Admit(List<(int, GenerationResult)> finished)
    {
        var first = rows.Count;
        var longest = 0;
        while (waiting.Count > 0 && rows.Count < maxRows)
        {
            if (waiting.Peek().CancelBeforeStart())
            {
                var cancelled = waiting.Dequeue();
                finished.Add((cancelled.Order, cancelled.Finish()));
                continue;
            }
            var reach = Math.Max(longest, waiting.Peek().Request.Prompt.Count);
            if (rows.Count > first && (long)reach * (rows.Count - first + 1) > maxPrefillTokens) break;
            longest = reach;
            rows.Add(waiting.Dequeue());
        }
        var fresh = rows.Count - first;
        if (fresh == 0) return false;
        RowsChanged();
        Reserve(longest);
        using var scope = NewDisposeScope();
        var ids = new long[fresh, longest];                                               // padded on the right with 0, which no token of a row ever sees
        var lasts = new long[fresh];
        for (var i = 0; i < fresh; i++)
        {
            var prompt = rows[first + i].Request.Prompt;
            for (var t = 0; t < prompt.Count; t++) ids[i, t] = prompt[t];
            lasts[i] = prompt.Count - 1;
        }
        var hidden = model.Decoder.Prefill(tensor(ids, device: model.Decoder.Device), new PrefillTarget(cache, first, fresh));           // (fresh, time, hidden)
        var last = tensor(lasts, device: model.Decoder.Device).view(-1, 1, 1).expand(-1, 1, hidden.size(2));
        MarkPrompts(first);
        Choose(model.Logits(hidden.gather(1, last).squeeze(1)), first);
        return true;
    }

    /// <summary>Draws the next token of rows <paramref name="first"/> … of which <paramref name="logits"/> are, (rows, vocab), and appends it.</summary>
    private void Choose(Tensor logits, int first)
    {
        var count = (int)logits.size(0);
        var isWholeBatch = first == 0 && count == rows.Count;
        using var partial = isWholeBatch ? null : NewSampler(rows.Skip(first).Take(count));
        var chooser = partial ?? (sampler ??= NewSampler(rows));
        int[] draws = [.. rows.Skip(first).Take(count).Select(row => row.Tokens.Count)];
        var seen = chooser.NeedsOccurrences ? occurred!.narrow(0, first, count) : null;
        var chosen = chooser.Next(logits, seen, draws);                                   // (count, 1)
        var scores = logits.gather(-1, chosen).sub(logits.logsumexp(-1, keepdim: true));  // (count, 1)
        seen?.scatter_(1, chosen, ones(count, 1, dtype: ScalarType.Bool, device: chosen.device));

        newest?.Dispose();
        newest = isWholeBatch ? chosen.DetachFromDisposeScope() : null;
        var (ids, logProbabilities) = (Read<long>(chosen, count), Read<float>(scores, count));
        // Damaged weights or a diverged training; a token chosen among such numbers would mean nothing.
        if (logProbabilities.Any(float.IsNaN)) throw model.NotNumbers();
        for (var i = 0; i < count; i++) rows[first + i].Append((int)ids[i], logProbabilities[i]);
    }

    // As texts grow, not ahead: most end long before the number of tokens that they may have, and a context can hold a hundred thousand.
    private void Reserve(int positions) => cache.Reserve(positions, rows.Max(row => row.MaxPositions));

    private static T[] Read<T>(Tensor column, int count) where T : unmanaged
    {
        var values = new T[count];
        using var onCpu = column.cpu();
        onCpu.data<T>().CopyTo(values);
        return values;
    }

    private void Retire(List<(int, GenerationResult)> finished)
    {
        for (var row = rows.Count - 1; row >= 0; row--)
        {
            if (rows[row].Reason is null) continue;
            finished.Add((rows[row].Order, rows[row].Finish()));
            var lastRow = rows.Count - 1;
            if (row != lastRow)
            {
                // Active rows stay the cache's first ones: the last moves into the gap.
                cache.CopyRow(lastRow, row, rows[lastRow].NextPosition);
                if (occurred is not null)
                {
                    using var scope = NewDisposeScope();
                    occurred[row].copy_(occurred[lastRow]);
                }
                rows[row] = rows[lastRow];
            }
            rows.RemoveAt(lastRow);
            RowsChanged();
        }
    }

    private void RowsChanged()
    {
        sampler?.Dispose();
        sampler = null;
        newest?.Dispose();
        newest = null;
    }

    private Sampler NewSampler(IEnumerable<ActiveText> some) =>
        new([.. some.Select(row => row.Request.Options)], model.Config.Decoder.VocabularySize, model.Decoder.Device);

    private void MarkPrompts(int first)
    {
        if (rows.All(row => row.Request.Options.RepetitionPenalty == 1)) return;
        occurred ??= zeros(maxRows, model.Config.Decoder.VocabularySize, dtype: ScalarType.Bool, device: model.Decoder.Device).DetachFromDisposeScope();
        using var scope = NewDisposeScope();
        for (var row = first; row < rows.Count; row++)
        {
            var seen = occurred[row];
            seen.zero_();
            seen.index_fill_(0, tensor(rows[row].Request.Prompt.Distinct().Select(id => (long)id).ToArray(), device: seen.device), true);
        }
    }
}
