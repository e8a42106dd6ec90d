using static RlhfHub.Web.Languages.Wording;

namespace RlhfHub.Web.Features.Rounds;

/// <summary>Measurements that are drawn into one chart.</summary>
/// <param name="Key">What tells the chart from others.</param>
/// <param name="Title">Its heading.</param>
/// <param name="Names">The measurements, the first one leading.</param>
/// <param name="IsImportant">Whether it stands above the fold.</param>
internal sealed record MetricChartPlan(string Key, string Title, IReadOnlyList<string> Names, bool IsImportant)
{
    /// <summary>More charts than this are no overview.</summary>
    public const int MostFurther = 40;

    /// <summary>The charts of a run's measurements: first what tells whether it goes well, then the rest by name. What was measured in validation is drawn with its like of training.</summary>
    public static IReadOnlyList<MetricChartPlan> For(IEnumerable<string> names)
    {
        // A confusion matrix is no curve.
        var left = names.Where(name => !name.Contains("confusion/", StringComparison.Ordinal)).ToHashSet();
        List<MetricChartPlan> charts = [];
        foreach (var (key, title, bases) in Known())
        {
            var found = bases.SelectMany(name => new[] { name, $"{Validation}{name}" }).Where(left.Remove).ToList();
            if (found.Count > 0) charts.Add(new(key, title, found, true));
        }
        charts.AddRange(left.GroupBy(Base).OrderBy(group => group.Key, StringComparer.Ordinal).Take(MostFurther).Select(group => new MetricChartPlan(group.Key, group.Key, [.. group.OrderBy(name => name.Length)], false)));
        return charts;
    }

    private const string Validation = "eval_";

    private static string Base(string name) => name.StartsWith(Validation, StringComparison.Ordinal) ? name[Validation.Length..] : name;

    private static IEnumerable<(string Key, string Title, string[] Names)> Known() =>
    [
        ("loss", T("Loss"), ["loss"]),
        ("reward", T("Reward"), ["objective/scores", "objective/rlhf_reward", "objective/held_out_scores"]),
        ("kl", T("Drift (KL)"), ["objective/kl"]),
        ("accuracy", T("Accuracy"), ["accuracy", "rewards/accuracies", "mean_token_accuracy", "f1"]),
        ("chosen", T("Scores of the better and the worse reply"), ["rewards/chosen", "rewards/rejected"]),
        ("margin", T("Margin between them"), ["rewards/margins"]),
        ("entropy", T("Entropy"), ["entropy", "policy/entropy_avg"]),
        ("clipped", T("Clipped share"), ["policy/clipfrac_avg", "val/clipfrac_avg"]),
        ("policy-loss", T("Policy loss"), ["loss/policy_avg"]),
        ("value-loss", T("Value loss"), ["loss/value_avg"]),
        ("length", T("Length of replies"), ["tokens/responses_len_mean"]),
        ("rate", T("Learning rate"), ["learning_rate", "lr"]),
    ];
}
