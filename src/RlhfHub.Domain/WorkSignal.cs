namespace RlhfHub.Domain;

/// <summary>Wakes a background job when there is something to do.</summary>
public abstract class WorkSignal : IDisposable
{
    private readonly SemaphoreSlim raised = new(0);

    private protected WorkSignal() { }

    /// <summary>There is something to do.</summary>
    public void Raise() => raised.Release();

    /// <summary>Waits until there is something to do, or the time has passed. What was raised meanwhile is looked at together.</summary>
    public async Task WaitAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (!await raised.WaitAsync(timeout, cancellationToken)) return;
        while (raised.Wait(0, cancellationToken)) { }
    }

    /// <inheritdoc />
    public void Dispose() => raised.Dispose();
}
