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
    private readonly HashSet<int> endIds;
    private readonly List<ActiveText> waiting = [];     // in the order in which they came
    private readonly List<ActiveText> rows = [];        // rows[i] stands in row i of the cache
    private readonly KeyValueCache cache;
    private readonly int maxPrefillTokens;
    private Sampler? sampler;
    private Tensor? occurred;                           // (maxRows, vocab), bool; only while some row penalises repetition
    private Tensor? counts;                             // (maxRows, vocab), float32; only while some row's options count tokens
    private Tensor? newest;                             // (rows, 1), int64: the tokens to feed next; null after rows moved
    private int nextOrder;
    private bool isBroken;                              // a step ended half-way: texts and cache no longer agree

    /// <param name="model">The model; it is neither changed nor disposed.</param>
    /// <param name="tokenizer">Makes text of tokens; null gives tokens only, and then no stop texts.</param>
    /// <param name="maxRows">Most texts at once.</param>
    /// <param name="endIds">Tokens that end a text; those of the model's config when null.</param>
    /// <param name="maxPrefillTokens">Prompts are read in groups of about so many tokens, padding included.</param>
    /// <param name="maxContext">Texts, prompts included, get no longer than this, whatever the model could: all rows of the cache have room for the longest.</param>
    public TextGenerator(CausalModel model, Tokenizer? tokenizer, int maxRows, IEnumerable<int>? endIds = null, int maxPrefillTokens = 8192, int maxContext = int.MaxValue)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxRows, 1);
        this.model = model;
        this.tokenizer = tokenizer;
        this.maxRows = maxRows;
        this.maxPrefillTokens = maxPrefillTokens;
        this.endIds = [.. endIds ?? model.Config.EndIds];
        ContextLength = Math.Min(maxContext, ContextOf(model));
        cache = new KeyValueCache(model.Config.Decoder, model.Decoder.DType, model.Decoder.Device, maxRows);
    }

    /// <summary>How many texts are being written or wait.</summary>
    public int Pending => rows.Count + waiting.Count;

    /// <summary>How many texts are being written.</summary>
    public int Running => rows.Count;

    /// <summary>The most tokens that a text and its prompt may have together.</summary>
    public int ContextLength { get; }

    /// <summary>The most tokens that a model can read and write in one text.</summary>
    public static int ContextOf(CausalModel model) => Math.Min(model.Config.ContextLength, model.Config.Decoder.Rope?.Scaling.CacheableLength ?? int.MaxValue);

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
        if (prompt.Count >= ContextLength)
            throw new InvalidInputException($"The prompt has {prompt.Count} tokens; the model's context is {ContextLength}, of which at least one must be left for new text.");
        foreach (var id in prompt)
            if (id < 0 || id >= vocabulary) throw new InvalidInputException($"The prompt has the token {id}; the model's vocabulary has 0 to {vocabulary - 1}.");
        waiting.Add(new ActiveText(request, endIds, Math.Min(request.Options.MaxNewTokens, ContextLength - prompt.Count), tokenizer, nextOrder));
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
        DropCancelled(finished);
        // Those already in the batch take their step first: a newcomer has its first token from its prompt.
        if (rows.Count > 0)
        {
            Decode();
            Retire(finished);
        }
        // One group of prompts a step: those who stream wait for no more than that.
        if (Admit()) Retire(finished);
        isBroken = false;
        return finished;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        cache.Dispose();
        sampler?.Dispose();
        occurred?.Dispose();
        counts?.Dispose();
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

    /// <summary>Those who gave up while they waited, wherever they stood.</summary>
    private void DropCancelled(List<(int, GenerationResult)> finished) => waiting.RemoveAll(text =>
    {
        if (!text.CancelBeforeStart()) return false;
        finished.Add((text.Order, text.Finish()));
        return true;
    });

    private bool Admit()
    {
        var first = rows.Count;
        var (prompts, copies) = TakeWaiting();
        if (prompts.Count == 0) return false;
        rows.AddRange(prompts);
        rows.AddRange(copies.Select(copy => copy.Text));
        RowsChanged();
        var longest = prompts.Max(text => text.Request.Prompt.Count);
        Reserve(longest);
        using var scope = NewDisposeScope();
        var ids = new long[prompts.Count, longest];                                       // padded on the right with 0, which no token of a row ever sees
        for (var i = 0; i < prompts.Count; i++)
            for (var t = 0; t < prompts[i].Request.Prompt.Count; t++) ids[i, t] = prompts[i].Request.Prompt[t];
        var lasts = prompts.ConvertAll(text => text.Request.Prompt.Count - 1L).ToArray();
        var hidden = model.Decoder.Prefill(tensor(ids, device: model.Decoder.Device), new PrefillTarget(cache, first, prompts.Count));   // (prompts, time, hidden)
        var last = tensor(lasts, device: model.Decoder.Device).view(-1, 1, 1).expand(-1, 1, hidden.size(2));
        var logits = model.Logits(hidden.gather(1, last).squeeze(1));                     // (prompts, vocab)
        for (var i = 0; i < copies.Count; i++) cache.CopyRow(first + copies[i].Of, first + prompts.Count + i, copies[i].Text.Request.Prompt.Count);
        if (copies.Count > 0)
        {
            long[] sources = [.. Enumerable.Range(0, prompts.Count), .. copies.Select(copy => copy.Of)];
            logits = logits.index_select(0, tensor(sources, device: logits.device));      // (prompts + copies, vocab)
        }
        StartPenalties(first);
        Choose(logits, first);
        return true;
    }

    /// <summary>The next of those who wait, in order: as many as there is room for and may be read at once. Those who share a prompt's list have it read once.</summary>
    private (List<ActiveText> Prompts, List<(ActiveText Text, int Of)> Copies) TakeWaiting()
    {
        var prompts = new List<ActiveText>();
        var copies = new List<(ActiveText, int)>();
        var (longest, taken) = (0, 0);
        foreach (var text in waiting)
        {
            if (rows.Count + taken == maxRows) break;
            var of = prompts.FindIndex(other => ReferenceEquals(other.Request.Prompt, text.Request.Prompt));
            if (of >= 0)
            {
                copies.Add((text, of));
            }
            else
            {
                var reach = Math.Max(longest, text.Request.Prompt.Count);
                if (prompts.Count > 0 && (long)reach * (prompts.Count + 1) > maxPrefillTokens) break;
                longest = reach;
                prompts.Add(text);
            }
            taken++;
        }
        waiting.RemoveRange(0, taken);
        return (prompts, copies);
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
        var written = chooser.NeedsCounts ? counts!.narrow(0, first, count) : null;
        var chosen = chooser.Next(logits, seen, written, draws);                          // (count, 1)
        var totals = logits.logsumexp(-1, keepdim: true);                                 // (count, 1)
        var scores = logits.gather(-1, chosen).sub(totals);                               // (count, 1)
        seen?.scatter_(1, chosen, ones(count, 1, dtype: ScalarType.Bool, device: chosen.device));
        written?.scatter_add_(1, chosen, ones(count, 1, device: chosen.device));
        var alternatives = Alternatives(logits, totals, first, count);

        newest?.Dispose();
        newest = isWholeBatch ? chosen.DetachFromDisposeScope() : null;
        var (ids, logProbabilities) = (Read<long>(chosen, count), Read<float>(scores, count));
        // Damaged weights or a diverged training; a token chosen among such numbers would mean nothing.
        if (logProbabilities.Any(float.IsNaN)) throw model.NotNumbers();
        for (var i = 0; i < count; i++) rows[first + i].Append((int)ids[i], logProbabilities[i], alternatives?[i] ?? []);
    }

    /// <summary>The likeliest tokens of each row that asks for them; null when none does.</summary>
    private IReadOnlyList<TokenAlternative>[]? Alternatives(Tensor logits, Tensor totals, int first, int count)
    {
        int[] wanted = [.. rows.Skip(first).Take(count).Select(row => row.Request.Options.Alternatives)];
        var most = Math.Min(wanted.Max(), (int)logits.size(-1));
        if (most == 0) return null;
        var (values, tokens) = logits.topk(most, -1);                                     // (count, most)
        var (scores, ids) = (Read<float>(values.sub(totals).reshape(-1), count * most), Read<long>(tokens.reshape(-1), count * most));
        return [.. wanted.Select((some, row) => (IReadOnlyList<TokenAlternative>)[.. Enumerable.Range(row * most, Math.Min(some, most)).Select(i => new TokenAlternative((int)ids[i], scores[i]))])];
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
                using var scope = NewDisposeScope();
                occurred?[row].copy_(occurred[lastRow]);
                counts?[row].copy_(counts[lastRow]);
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

    /// <summary>What penalties need to know of new rows: which tokens their prompts have, and that nothing is written yet.</summary>
    private void StartPenalties(int first)
    {
        using var scope = NewDisposeScope();
        if (rows.Any(row => row.Request.Options.CountsTokens))
        {
            counts ??= Table(ScalarType.Float32);
            counts.narrow(0, first, rows.Count - first).zero_();
        }
        if (rows.All(row => row.Request.Options.RepetitionPenalty == 1)) return;
        occurred ??= Table(ScalarType.Bool);
        for (var row = first; row < rows.Count; row++)
        {
            var seen = occurred[row];
            seen.zero_();
            seen.index_fill_(0, tensor(rows[row].Request.Prompt.Distinct().Select(id => (long)id).ToArray(), device: seen.device), true);
        }

        Tensor Table(ScalarType type) => zeros(maxRows, model.Config.Decoder.VocabularySize, dtype: type, device: model.Decoder.Device).DetachFromDisposeScope();
    }
}
