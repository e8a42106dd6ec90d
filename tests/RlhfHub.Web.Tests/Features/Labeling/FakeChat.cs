using RlhfHub.Domain.Labeling;
using RlhfHub.Web.Features.Labeling;

namespace RlhfHub.Web.Tests.Features.Labeling;

/// <summary>A chat of made-up replies that can fail and take its time.</summary>
internal sealed class FakeChat : IChatPartner
{
    public ChatView View { get; set; } = new([], 20);

    /// <summary>What the next calls throw.</summary>
    public Exception? Failure { get; set; }

    /// <summary>Replies wait for it.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    public List<string> Said { get; } = [];

    /// <summary>What was said before comes after it.</summary>
    public Task Opening { get; set; } = Task.CompletedTask;

    public async Task<ChatView> GetAsync(TaskView task, CancellationToken closed)
    {
        await Opening;
        return Failure is { } failure ? throw failure : View;
    }

    public async Task<ChatView> SayAsync(TaskView task, string text, Func<IReadOnlyList<string>, Task> show, CancellationToken closed)
    {
        Said.Add(text);
        await show(["so", "fa"]);
        await Gate;
        if (Failure is { } failure) throw failure;
        var isOpening = View.Turns.Count == 0 && text.Length == 0;
        View = View with { Turns = [.. View.Turns, new ShownTurn(isOpening ? "Question 0" : text, [$"First reply {View.Turns.Count}", $"Second reply {View.Turns.Count}"], null, 0, isOpening)] };
        return View;
    }

    public Task<ChatView> ChooseAsync(TaskView task, int turn, int? better, int strength, CancellationToken closed)
    {
        View = View with { Turns = [.. View.Turns.SkipLast(1), View.Turns[turn] with { Chosen = better ?? 0, Strength = strength }] };
        return Task.FromResult(View);
    }
}
