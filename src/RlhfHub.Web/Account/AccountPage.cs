using Microsoft.AspNetCore.Components;
using RlhfHub.Domain;
using RlhfHub.Domain.People;

namespace RlhfHub.Web.Account;

/// <summary>What the static pages of accounts do alike: they know who asks, and show what was wrong beside its field.</summary>
public abstract class AccountPage : ComponentBase
{
    [CascadingParameter]
    protected HttpContext HttpContext { get; set; } = default!;

    [Inject]
    private CurrentActor Current { get; set; } = default!;

    [Inject]
    protected NavigationManager Navigation { get; set; } = default!;

    /// <summary>One sentence a field, by its name; under the empty name what concerns the whole form.</summary>
    protected IReadOnlyDictionary<string, string> Errors { get; set; } = new Dictionary<string, string>();

    protected CancellationToken Aborted => HttpContext.RequestAborted;

    protected Task<Actor> ActorAsync() => Current.GetAsync(Aborted);

    /// <summary>Runs a use case; false when what was typed is wrong, which <see cref="Errors"/> then says.</summary>
    protected async Task<bool> TryAsync(Func<Actor, Task> useCase)
    {
        try
        {
            await useCase(await ActorAsync());
            return true;
        }
        catch (InvalidRequestException error)
        {
            Errors = error.Errors;
            return false;
        }
    }

    protected void Fail(string sentence) => Errors = new Dictionary<string, string> { [""] = sentence };
}
