using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using RlhfHub.Domain.Data;
using RlhfHub.Domain.Datasets;
using RlhfHub.Domain.Projects;
using RlhfHub.Domain.Prompts;

namespace RlhfHub.Domain.Rounds;

/// <summary>Counts and writes what the stages of a round learn from. For use cases that have asked for permission, and for the runner.</summary>
public sealed class RoundData(IDbContextFactory<RlhfHubDbContext> contexts, SnapshotReader reader)
{
    private const int PromptsAtOnce = 500;

    /// <summary>Writes a stage's files into a folder, one a role that has examples.</summary>
    /// <param name="projectId">The project.</param>
    /// <param name="kind">What is trained.</param>
    /// <param name="snapshotId">The frozen judgments; null where prompts are enough.</param>
    /// <param name="until">Prompts that came later have no part in it.</param>
    /// <param name="folder">Where to.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<IReadOnlyList<StageFile>> WriteAsync(Guid projectId, string kind, Guid? snapshotId, DateTime until, string folder, CancellationToken cancellationToken)
    {
        var data = StageData.Find(kind) ?? throw new ArgumentException($"No round trains '{kind}'.", nameof(kind));
        var hasPairs = snapshotId is { } id && await HasPairsAsync(id, cancellationToken);
        var format = data.Format(hasPairs);
        List<StageFile> files = [];
        foreach (var split in new[] { Split.Train, Split.Validation })
        {
            var role = data.RoleOf(split)!;
            var path = Path.Combine(folder, $"{role}.jsonl");
            await using (var stream = File.Create(path))
                await format.ExportAsync(ExamplesAsync(projectId, data, format, snapshotId, split, until, cancellationToken), stream, cancellationToken: cancellationToken);
            if (new FileInfo(path).Length > 0) files.Add(new($"{role}.jsonl", role));
            else File.Delete(path);
        }
        return files;
    }

    /// <summary>How much each kind would have now, and the judgments behind it.</summary>
    internal async Task<(IReadOnlyDictionary<string, StageCounts> Counts, int Judgments, double? Agreement)> CountAsync(Guid projectId, SnapshotRules rules, IEnumerable<string> kinds, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var settings = (await ProjectRules.ReadAsync(db, projectId)).Settings;
        var selected = await SnapshotSelection.SelectAsync(db, projectId, rules, cancellationToken);
        Dictionary<string, (int Train, HashSet<string> Prompts, int Validation)> counts = kinds.Distinct().ToDictionary(kind => kind, _ => (0, new HashSet<string>(), 0));
        await foreach (var (example, split) in reader.ExamplesAsync(settings, selected, rules, cancellationToken))
        {
            foreach (var kind in counts.Keys)
            {
                if (StageData.Find(kind) is not { IsPrompts: false } data || data.RoleOf(split) is null) continue;
                var count = data.Of(example, data.Format(hasPairs: true)).Count();
                if (count == 0) continue;
                var entry = counts[kind];
                if (split == Split.Train) entry.Prompts.Add(JsonText.Write<IReadOnlyList<Message>>([.. example.Conversation]));
                counts[kind] = split == Split.Train ? entry with { Train = entry.Train + count } : entry with { Validation = entry.Validation + count };
            }
        }
        var prompts = await db.Prompts.Where(prompt => prompt.ProjectId == projectId && !prompt.IsArchived).GroupBy(prompt => prompt.Split).Select(split => new { split.Key, Count = split.Count() }).ToDictionaryAsync(split => split.Key, split => split.Count, cancellationToken);
        var (learned, measured) = (prompts.GetValueOrDefault(Split.Train), prompts.GetValueOrDefault(Split.Validation));
        return (counts.ToDictionary(entry => entry.Key, entry => StageData.Find(entry.Key) is { IsPrompts: true } ? new StageCounts(learned, learned, measured) : new StageCounts(entry.Value.Train, entry.Value.Prompts.Count, entry.Value.Validation)),
            selected.Count, await AgreementAsync(db, selected, cancellationToken));
    }

    // The share of the pairs of answers to the same task that are the same answer.
    private static async Task<double?> AgreementAsync(RlhfHubDbContext db, List<SelectedJudgment> selected, CancellationToken cancellationToken)
    {
        var several = selected.GroupBy(judgment => judgment.TaskId).Where(task => task.Count() > 1).ToList();
        if (several.Count == 0) return null;
        var (same, pairs) = (0L, 0L);
        foreach (var portion in several.Chunk(PromptsAtOnce))
        {
            var ids = portion.SelectMany(task => task).Select(judgment => judgment.JudgmentId).ToList();
            var answers = await (from revision in db.JudgmentRevisions
                                 join judgment in db.Judgments on revision.JudgmentId equals judgment.Id
                                 where ids.Contains(judgment.Id) && revision.Number == judgment.Revision
                                 select new { judgment.Id, revision.Answer }).AsNoTracking().ToDictionaryAsync(answer => answer.Id, answer => Choice(answer.Answer), cancellationToken);
            foreach (var task in portion)
            {
                var given = task.Select(judgment => answers.GetValueOrDefault(judgment.JudgmentId)).OfType<string>().ToList();
                pairs += given.Count * (given.Count - 1L) / 2;
                same += given.CountBy(answer => answer).Sum(count => count.Value * (count.Value - 1L) / 2);
            }
        }
        return pairs == 0 ? null : Math.Round((double)same / pairs, 3);
    }

    // What an answer chose, without how strongly: two who prefer A agree. Null for answers that are nobody else's, such as written texts.
    private static string? Choice(Labeling.Answer answer) => answer switch
    {
        Labeling.ComparisonAnswer { CannotJudge: false, BothBad: false } comparison => comparison.Better?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "tie",
        Labeling.RankingAnswer ranking => string.Join(',', ranking.Ranks),
        Labeling.ClassificationAnswer classification => string.Join(',', classification.Labels.Order(StringComparer.Ordinal)),
        _ => null,
    };

    private async Task<bool> HasPairsAsync(Guid snapshotId, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var snapshot = await db.Snapshots.AsNoTracking().SingleAsync(entry => entry.Id == snapshotId, cancellationToken);
        return snapshot.Counts.Examples.ContainsKey("preference");
    }

    private async IAsyncEnumerable<Example> ExamplesAsync(
        Guid projectId, StageData data, Datasets.Formats.DatasetFormat format, Guid? snapshotId, Split split, DateTime until, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (data.IsPrompts)
        {
            await foreach (var prompt in PromptsAsync(projectId, split, until, cancellationToken)) yield return prompt;
            yield break;
        }
        await foreach (var (example, at) in reader.ReadAsync(snapshotId ?? throw new InvalidOperationException($"A run of kind '{data.Kind}' needs a snapshot."), cancellationToken))
            if (at == split)
                foreach (var written in data.Of(example, format)) yield return written;
    }

    private async IAsyncEnumerable<Example> PromptsAsync(Guid projectId, Split split, DateTime until, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Guid? after = null;
        while (true)
        {
            await using var db = await contexts.CreateDbContextAsync(cancellationToken);
            var rows = await db.Prompts.AsNoTracking()
                .Where(prompt => prompt.ProjectId == projectId && !prompt.IsArchived && prompt.Split == split && prompt.CreatedAt <= until && (after == null || prompt.Id.CompareTo(after.Value) > 0))
                .OrderBy(prompt => prompt.Id).Take(PromptsAtOnce).Select(prompt => new { prompt.Id, prompt.Messages }).ToListAsync(cancellationToken);
            foreach (var row in rows) yield return new PromptExample(row.Messages.ToValueList());
            if (rows.Count < PromptsAtOnce) yield break;
            after = rows[^1].Id;
        }
    }
}
