using Bunit;
using Microsoft.Extensions.DependencyInjection;
using RlhfHub.Domain.Labeling;
using RlhfHub.Domain.Models;
using RlhfHub.Domain.Projects;
using RlhfHub.Domain.Prompts;
using RlhfHub.Web.Features.Labeling;
using RlhfHub.Web.Tests.States;

namespace RlhfHub.Web.Tests.Features.Labeling;

public sealed class ChatFormTests : ComponentTest
{
    private readonly FakeChat chat = new();
    private readonly List<Answer> answers = [];
    private ProjectSettings settings = new() { Kinds = [TaskKind.Chat], Comparison = new() { Strengths = 1, AllowsTie = false } };

    public ChatFormTests() => Services.AddSingleton<IChatPartner>(chat);

    [Fact]
    [Covers(typeof(ChatForm), ComponentState.Many)]
    public async Task Keys_TwoTurns_AreTheAnswer()
    {
        var form = Show(FakeDesk.Task(TaskKind.Chat, replies: 0));
        form.WaitForAssertion(() => Assert.Equal(2, form.FindAll("section").Count));
        Assert.Empty(form.FindAll("textarea"));

        await PressAsync(form, "2");
        form.Find("textarea").Change("And why?");
        await PressAsync(form, "Send", "1", "f");

        var answer = Assert.IsType<ChatAnswer>(Assert.Single(answers));
        Assert.Equal(["", "And why?"], chat.Said);
        Assert.Equal([("Question 0", 1, 1), ("And why?", 0, 1)], answer.Turns.Select(turn => (turn.Text, turn.Chosen, turn.Strength)));
        Assert.Contains("Second reply 0", form.Markup, StringComparison.Ordinal);
        Assert.DoesNotContain("First reply 0", form.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_StrengthAndTie_AreTheProjectsScale()
    {
        settings = new() { Kinds = [TaskKind.Chat] };
        var form = Show(FakeDesk.Task(TaskKind.Chat, replies: 0));

        await PressAsync(form, "7");
        Assert.Equal((1, 3), (chat.View.Turns[0].Chosen, chat.View.Turns[0].Strength));
        form.Find("textarea").Change("Next");
        await PressAsync(form, "Send", "4");
        Assert.Equal((0, 0), (chat.View.Turns[1].Chosen, chat.View.Turns[1].Strength));
    }

    [Fact]
    [Covers(typeof(ChatForm), ComponentState.Loading)]
    public void Show_WhatWasSaidNotReadYet_SaysSoAndHasTheFieldForADraft()
    {
        var opening = new TaskCompletionSource();
        chat.Opening = opening.Task;
        var form = Show(FakeDesk.Task(TaskKind.Chat, replies: 0) with { Messages = [new(Message.System, "Be kind.")] });

        Assert.NotNull(form.Find("[aria-label='Getting the chat']"));
        Assert.NotNull(form.Find("textarea[data-draft]"));
        Assert.True(form.Find("[aria-keyshortcuts=f]").HasAttribute("disabled"));
        opening.SetResult();

        form.WaitForAssertion(() => Assert.Empty(form.FindAll("[role=progressbar]")));
    }

    [Fact]
    public void Show_RepliesBeingWritten_AreSeenAndCannotBeChosen()
    {
        var gate = new TaskCompletionSource();
        chat.Gate = gate.Task;
        var form = Show(FakeDesk.Task(TaskKind.Chat, replies: 0));

        form.WaitForAssertion(() => Assert.Equal(["so", "fa"], form.FindAll("section > div").Select(text => text.TextContent.Trim())));
        Assert.Equal("true", form.Find("[aria-busy]").GetAttribute("aria-busy"));
        Assert.Empty(form.FindAll("[role=group] button"));

        gate.SetResult();
        form.WaitForAssertion(() => Assert.Equal("false", form.Find("[aria-busy]").GetAttribute("aria-busy")));
    }

    [Fact]
    [Covers(typeof(ChatForm), ComponentState.Error)]
    public async Task Say_ModelGone_SaysSoKeepsTheTextAndTriesAgain()
    {
        var form = Show(FakeDesk.Task(TaskKind.Chat, replies: 0));
        await PressAsync(form, "1");
        form.Find("textarea").Change("My long question");
        chat.Failure = new ModelException("The model secret-7b is not there.");

        await PressAsync(form, "Send");
        Assert.Contains("cannot be reached", form.Find("[role=alert]").TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-7b", form.Markup, StringComparison.Ordinal);
        Assert.Equal("My long question", form.Find("textarea").GetAttribute("value"));
        chat.Failure = null;
        await PressAsync(form, "r");

        Assert.Empty(form.FindAll("[role=alert]"));
        Assert.Equal("My long question", chat.View.Turns[1].Text);
    }

    [Fact]
    [Covers(typeof(ChatForm), ComponentState.One)]
    public void Show_AfterARefresh_GoesOnWhereItWas()
    {
        chat.View = new([new("Question 0", ["Yes", "No"], 1, 1, true), new("Sure?", ["Quite", "Rather"], null, 0, false)], 20);
        var task = FakeDesk.Task(TaskKind.Chat, replies: 0) with { Draft = new("device", 1, """{"text": "Sure?"}""", DateTime.UnixEpoch) };

        var form = Show(task);

        Assert.Empty(chat.Said);
        Assert.Equal(["Quite", "Rather"], form.FindAll("section > div").Select(text => text.TextContent.Trim()));
        Assert.Contains("Sure?", form.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void Show_DraftThatWasNotSaid_IsInTheField()
    {
        chat.View = new([new("Question 0", ["Yes", "No"], 1, 1, true)], 20);
        var task = FakeDesk.Task(TaskKind.Chat, replies: 0) with { Draft = new("device", 1, """{"text": "Half a sent"}""", DateTime.UnixEpoch) };

        Assert.Equal("Half a sent", Show(task).Find("textarea").GetAttribute("value"));
    }

    [Fact]
    public async Task Show_NoTurnLeft_OnlyFinishes()
    {
        chat.View = new([new("Question 0", ["Yes", "No"], 1, 1, true)], 1);
        var form = Show(FakeDesk.Task(TaskKind.Chat, replies: 0));

        Assert.Empty(form.FindAll("textarea"));
        await PressAsync(form, "f");
        Assert.IsType<ChatAnswer>(Assert.Single(answers));
    }

    [Fact]
    [Covers(typeof(ChatForm), ComponentState.Empty)]
    public void Show_OpeningWithoutAQuestion_LetsTheRaterBegin()
    {
        var form = Show(FakeDesk.Task(TaskKind.Chat, replies: 0) with { Messages = [new(Message.System, "Be kind.")] });

        Assert.Empty(chat.Said);
        Assert.NotNull(form.Find("textarea"));
        Assert.All(form.FindAll("[aria-keyshortcuts=f]"), button => Assert.True(button.HasAttribute("disabled")));
    }

    private static async Task PressAsync(IRenderedComponent<ChatForm> form, params string[] keys)
    {
        foreach (var key in keys)
        {
            await form.InvokeAsync(() => form.Instance.KeyAsync(key));
            form.Render();
        }
    }

    private IRenderedComponent<ChatForm> Show(TaskView view) => Render<ChatForm>(parameters => parameters
        .Add(form => form.View, view).Add(form => form.Settings, settings).Add(form => form.Answered, answers.Add));
}
