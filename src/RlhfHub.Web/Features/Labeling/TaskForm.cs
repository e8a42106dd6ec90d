using Microsoft.AspNetCore.Components;
using RlhfHub.Domain.Labeling;
using RlhfHub.Domain.Projects;

namespace RlhfHub.Web.Features.Labeling;

/// <summary>What the forms of all kinds of task share. A form turns keys and clicks into an answer, and knows nothing of the desk.</summary>
public abstract class TaskForm : ComponentBase
{
    [Parameter, EditorRequired]
    public TaskView View { get; set; } = default!;

    [Parameter, EditorRequired]
    public ProjectSettings Settings { get; set; } = default!;

    /// <summary>Shown, but not to be answered: a preview, or somebody's answer.</summary>
    [Parameter]
    public bool IsReadOnly { get; set; }

    [Parameter]
    public EventCallback<Answer> Answered { get; set; }

    /// <summary>The texts as far as they are written.</summary>
    protected DraftTexts Texts { get; private set; } = new();

    /// <summary>Does what a key means for this kind; keys that mean nothing are let pass. "Send" is Ctrl+Enter in a text field.</summary>
    public abstract Task KeyAsync(string key);

    /// <summary>Draws the form anew after a key, which is no event of its own.</summary>
    internal void Refresh() => StateHasChanged();

    protected override void OnInitialized() => Texts = DraftTexts.Of(View);

    protected Task SendAsync(Answer answer) => IsReadOnly ? Task.CompletedTask : Answered.InvokeAsync(answer with { Rationale = DraftTexts.Given(Texts.Rationale) });
}
