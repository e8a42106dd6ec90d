using RlhfHub.Domain.Labeling;
using RlhfHub.Domain.Projects;

namespace RlhfHub.Web.Features.Labeling;

public sealed partial class ComparisonForm
{
    // The answer of each row: 0 is the comparison itself, the project's further questions follow.
    private readonly Dictionary<int, int> values = [];
    private bool isExpanded, showsDifference, bothBad, offersReply;
    private int row;

    private IReadOnlyList<ScalePoint> Points => ComparisonScale.Of(Settings.Comparison);

    private IReadOnlyList<ScalePoint> AspectPoints => ComparisonScale.Of(Settings.Comparison with { AllowsTie = true });

    // Where one question is all that is asked, one key is the answer.
    private bool IsAtOnce => Settings.Comparison.Aspects.Count == 0 && (Settings.Comparison.Rationale != RationaleRule.Required || Texts.Rationale.Trim().Length > 0);

    private bool IsComplete => (bothBad || values.ContainsKey(0)) && Enumerable.Range(1, Settings.Comparison.Aspects.Count).All(values.ContainsKey);

    protected override void OnInitialized()
    {
        base.OnInitialized();
        offersReply = Texts.BetterReply.Length > 0;
        if (View.EarlierAnswer is not ComparisonAnswer { CannotJudge: false } earlier) return;
        bothBad = earlier.BothBad;
        if (!bothBad) values[0] = earlier.Better switch { 0 => -earlier.Strength, 1 => earlier.Strength, _ => 0 };
        for (var index = 0; index < Settings.Comparison.Aspects.Count; index++)
            if (earlier.Aspects.TryGetValue(Settings.Comparison.Aspects[index], out var value)) values[index + 1] = value;
    }

    public override async Task KeyAsync(string key)
    {
        if (key == "e") isExpanded = !isExpanded;
        if (key == "d") showsDifference = !showsDifference;
        if (IsReadOnly) return;
        if (key == "0" && Settings.Comparison.AllowsBothBad) await BothBadAsync();
        else if (key == "s") await CannotJudgeAsync();
        else if (key == "b") offersReply = true;
        else if (key == "Backspace") row = Math.Max(0, row - 1);
        else if (key is "Enter" or "Send") await SendAsync();
        else if ((row == 0 ? Points : AspectPoints).FirstOrDefault(point => point.Key == key) is { } point) await PickAsync(row, point.Value);
    }

    private async Task PickAsync(int place, int value)
    {
        values[place] = value;
        if (place == 0) bothBad = false;
        row = Math.Min(place + 1, Settings.Comparison.Aspects.Count);
        if (IsAtOnce) await SendAsync();
    }

    private async Task BothBadAsync()
    {
        bothBad = true;
        values.Remove(0);
        row = Math.Min(1, Settings.Comparison.Aspects.Count);
        if (IsAtOnce) await SendAsync();
    }

    private Task CannotJudgeAsync() => SendAsync(new ComparisonAnswer { CannotJudge = true });

    private async Task SendAsync()
    {
        if (!IsComplete) return;
        var value = bothBad ? 0 : values[0];
        await SendAsync(new ComparisonAnswer
        {
            Better = value == 0 ? null : value < 0 ? 0 : 1,
            Strength = Math.Abs(value),
            BothBad = bothBad,
            Aspects = Settings.Comparison.Aspects.Select((aspect, index) => (aspect, Value: values[index + 1])).ToDictionary(entry => entry.aspect, entry => entry.Value),
            BetterReply = DraftTexts.Given(Texts.BetterReply),
        });
    }
}
