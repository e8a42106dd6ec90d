using Microsoft.AspNetCore.Components;
using RlhfHub.Domain;
using RlhfHub.Domain.Labeling;
using RlhfHub.Domain.Models;
using RlhfHub.Domain.People;
using RlhfHub.Domain.Prompts;
using static RlhfHub.Web.Languages.Wording;

namespace RlhfHub.Web.Features.Labeling;

public sealed partial class ChatForm
{
    private readonly CancellationTokenSource closed = new();
    private ChatView? chat;
    private IReadOnlyList<string> replies = [];
    private ChatState state = ChatState.Loading;
    private ElementReference field;
    private bool isExpanded, setsFocus, isBusy;
    private string? problem;

    private enum ChatState
    {
        Loading,
        Speaking,
        Writing,
        Choosing,
        Failed,

        /// <summary>The project takes no further turn.</summary>
        Full,
    }

    private IReadOnlyList<ScalePoint> Points => ComparisonScale.Of(Settings.Comparison);

    private bool CanFinish => chat is not null && state is not (ChatState.Writing or ChatState.Choosing) && chat.Turns.Any(turn => turn.Chosen is not null);

    // The first reply answers what the task's conversation ends with; nobody has to say it again.
    private bool IsOpening => chat is { Turns.Count: 0 } && EndsWithQuestion || chat?.Open is { IsOpening: true };

    private bool EndsWithQuestion => View.Messages is [.., { Role: Message.User }];

    private string Status => state switch
    {
        ChatState.Writing => T("Both replies are being written."),
        ChatState.Full => T("The chat has as many turns as this project takes. Finish it."),
        _ => "",
    };

    private IReadOnlyList<Message> Past =>
    [
        .. (chat?.Turns ?? []).SelectMany(turn => new[]
        {
            turn.IsOpening ? null : new Message(Message.User, turn.Text),
            turn.Chosen is { } chosen ? new Message(Message.Assistant, turn.Replies[chosen]) : null,
        }).OfType<Message>(),
    ];

    public override Task KeyAsync(string key)
    {
        if (key == "e") isExpanded = !isExpanded;
        if (IsReadOnly) return Task.CompletedTask;
        return key switch
        {
            "s" => CannotJudgeAsync(),
            "f" => FinishAsync(),
            "t" when state == ChatState.Speaking => FocusAsync(),
            "Send" when state is ChatState.Speaking or ChatState.Failed => SayAsync(),
            "r" or "Enter" when state == ChatState.Failed => SayAsync(),
            _ when state == ChatState.Choosing && Points.FirstOrDefault(point => point.Key == key) is { } point => ChooseAsync(point.Value),
            _ => Task.CompletedTask,
        };
    }

    protected override async Task OnInitializedAsync()
    {
        if (IsReadOnly)
        {
            state = ChatState.Speaking;
            return;
        }
        if (!await TryAsync(async () => chat = await Partner.GetAsync(View, closed.Token))) return;
        // A draft that was said already has done its work.
        if (chat!.Turns is [.., var last] && last.Text == Texts.Text && last.Replies.Count > 0) Texts.Text = "";
        if (chat.Open is { Replies.Count: 0 } open && Texts.Text.Length == 0) Texts.Text = open.IsOpening ? "" : open.Text;
        Settle();
        if (state == ChatState.Speaking && IsOpening) await SayAsync();
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!setsFocus) return;
        setsFocus = false;
        await field.FocusAsync();
    }

    public void Dispose()
    {
        closed.Cancel();
        closed.Dispose();
    }

    private async Task SayAsync()
    {
        if (isBusy || IsReadOnly) return;
        if (!IsOpening && string.IsNullOrWhiteSpace(Texts.Text))
        {
            problem = T("Write something first.");
            return;
        }
        (state, replies, isExpanded) = (ChatState.Writing, [], false);
        StateHasChanged();
        if (!await TryAsync(async () => chat = await Partner.SayAsync(View, Texts.Text, ShowAsync, closed.Token))) return;
        Texts.Text = "";
        Settle();
    }

    private async Task ChooseAsync(int value)
    {
        if (isBusy || IsReadOnly || chat is null) return;
        await TryAsync(async () => chat = await Partner.ChooseAsync(View, chat.Turns.Count - 1, value == 0 ? null : value < 0 ? 0 : 1, Math.Abs(value), closed.Token));
        Settle();
    }

    private Task ShowAsync(IReadOnlyList<string> shown) => InvokeAsync(() =>
    {
        replies = shown;
        StateHasChanged();
    });

    private Task FinishAsync() => !CanFinish ? Task.CompletedTask : SendAsync(new ChatAnswer
    {
        // Only for this page's own words on it: the site takes what it kept itself.
        Turns = [.. chat!.Turns.Where(turn => turn.Chosen is not null).Select(turn => new ChatTurn(turn.Text, turn.Replies, turn.Chosen!.Value, turn.Strength))],
    });

    private Task CannotJudgeAsync() => SendAsync(new ChatAnswer { CannotJudge = true });

    private Task FocusAsync()
    {
        setsFocus = true;
        StateHasChanged();
        return Task.CompletedTask;
    }

    // What is to be done now, after what the chat is.
    private void Settle()
    {
        if (chat is null) return;
        replies = chat.Open?.Replies ?? [];
        state = replies.Count == 2 ? ChatState.Choosing : chat.Open is null && chat.Turns.Count >= chat.MaxTurns ? ChatState.Full : ChatState.Speaking;
        setsFocus = state == ChatState.Speaking && !IsOpening;
        StateHasChanged();
    }

    private async Task<bool> TryAsync(Func<Task> call)
    {
        (isBusy, problem) = (true, null);
        try
        {
            await call();
            return true;
        }
        catch (OperationCanceledException) when (closed.IsCancellationRequested)
        {
            return false;   // nobody looks any more
        }
        catch (ModelException error)
        {
            // Why is for admins: the words may name the model.
            (state, problem) = (ChatState.Failed, error.IsRefusal ? T("The model does not take this. The chat may be too long for it: finish it, or say something else.") : T("The model cannot be reached now. What you said is kept."));
        }
        catch (Exception error) when (error is InvalidRequestException or AccessException)
        {
            (state, problem) = (ChatState.Failed, error.Message);
        }
        finally
        {
            isBusy = false;
        }
        return false;
    }
}
