using Microsoft.AspNetCore.Components;
using RlhfHub.Domain;
using RlhfHub.Domain.People;
using RlhfHub.Web.Account;

namespace RlhfHub.Web.Shared;

/// <summary>What pages that call use cases have in common: who looks, the end of the page, and the sentence to show when something is refused.</summary>
public abstract class HubPage : ComponentBase, IDisposable
{
    private static readonly Dictionary<string, string> NoErrors = [];

    private readonly CancellationTokenSource closed = new();

    [Inject]
    private CurrentActor Current { get; set; } = default!;

    protected HubPage() => Closed = closed.Token;

    /// <summary>Ends with the page, and may be asked for afterwards: calls that were under way find it ended.</summary>
    protected CancellationToken Closed { get; }

    /// <summary>Why the last call was refused; null when it was not.</summary>
    protected string? Problem { get; set; }

    /// <summary>One sentence for each field that the last call found wrong.</summary>
    protected IReadOnlyDictionary<string, string> Errors { get; private set; } = NoErrors;

    /// <summary>Calls use cases as whoever looks at the page.</summary>
    /// <returns>Whether they were done; if not, <see cref="Problem"/> says why.</returns>
    protected async Task<bool> TryAsync(Func<Actor, CancellationToken, Task> call)
    {
        (Problem, Errors) = (null, NoErrors);
        try
        {
            await call(await Current.GetAsync(Closed), Closed);
            return true;
        }
        catch (InvalidRequestException error)
        {
            (Problem, Errors) = (error.Message, error.Errors);
        }
        catch (AccessException error)
        {
            Problem = error.Message;
        }
        catch (StaleVersionException error)
        {
            Problem = error.Message;
        }
        return false;
    }

    /// <summary>Stops what still runs for the page.</summary>
    protected virtual void Dispose(bool isDisposing)
    {
        if (!isDisposing) return;
        closed.Cancel();
        closed.Dispose();
    }

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }
}
