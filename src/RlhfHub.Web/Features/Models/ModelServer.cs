using RlhfHub.Domain.Data;
using RlhfHub.Domain.Models;
using RlhfHub.Web.Features.Rounds;

namespace RlhfHub.Web.Features.Models;

/// <summary>
/// Keeps the site's own model server running: the worker in <c>serve</c>, on this machine alone, with a token that only the site knows. It starts when it is first needed, is started again when it dies, later and
/// later while it keeps dying, and ends with the site.
/// </summary>
internal sealed partial class ModelServer(WorkerLocation worker, ServedModels models, DataFolder folder, TimeProvider time, ILogger<ModelServer> logger) : BackgroundService
{
    private static readonly TimeSpan LongestStart = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    // One that has served so long did not die of its start.
    private static readonly TimeSpan Settled = TimeSpan.FromMinutes(1);

    private readonly TaskCompletionSource needed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource<ModelServerAccess> ready = NotYet();

    public ModelServerState State { get; private set; }

    /// <summary>Why it is not ready.</summary>
    public string? Reason { get; private set; }

    public int Restarts { get; private set; }

    public string LogFile => Path.Combine(folder.Path, "model-server.log");

    /// <summary>Where the server is and how to get in; starts it where it does not run.</summary>
    /// <exception cref="ModelException">It does not come up.</exception>
    public async Task<ModelServerAccess> AccessAsync(CancellationToken cancellationToken)
    {
        needed.TrySetResult();
        try
        {
            return await ready.Task.WaitAsync(LongestStart, time, cancellationToken);
        }
        catch (TimeoutException error)
        {
            throw new ModelException($"The site's model server does not start{(Reason is null ? "." : $": {Reason}")}", inner: error);
        }
    }

    /// <summary>The server where it runs; null where it does not.</summary>
    public ModelServerAccess? Running => ready.Task.IsCompletedSuccessfully ? ready.Task.Result : null;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await needed.Task.WaitAsync(stoppingToken);
            for (var failures = 0; ; Restarts++)
            {
                var started = time.GetTimestamp();
                Reason = await ServeAsync(stoppingToken);
                if (ready.Task.IsCompleted) ready = NotYet();
                failures = time.GetElapsedTime(started) > Settled ? 0 : failures + 1;
                State = ModelServerState.Restarting;
                LogEnded(Reason);
                await Task.Delay(TimeSpan.FromSeconds(Math.Min(LongestPause.TotalSeconds, Math.Pow(2, failures - 1))), time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            State = ModelServerState.Stopped;
            ready.TrySetException(new ModelException("The site is stopping."));
        }
    }

    // Runs the server to its end.
    private async Task<string> ServeAsync(CancellationToken stoppingToken)
    {
        State = ModelServerState.Starting;
        if (!worker.IsThere) return $"The worker program is not at {worker.Path}.";
        try
        {
            models.Install();
            await using var process = ModelServerProcess.Start(worker.Path, models.Root, LogFile);
            var access = await process.ListensAsync(LongestStart, stoppingToken);
            (State, Reason) = (ModelServerState.Ready, null);
            ready.TrySetResult(access);
            LogReady(access.Address);
            return $"It ended by itself (exit code {await process.EndAsync(stoppingToken)}); its last words are in {LogFile}.";
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or System.ComponentModel.Win32Exception or ModelException)
        {
            return error.Message;
        }
    }

    private static TaskCompletionSource<ModelServerAccess> NotYet() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    [LoggerMessage(LogLevel.Information, "The model server listens on {Address}.")]
    private partial void LogReady(Uri address);

    [LoggerMessage(LogLevel.Warning, "The model server does not run and is started again: {Reason}")]
    private partial void LogEnded(string reason);
}

/// <summary>Where the site's model server is, and the token that opens it.</summary>
internal sealed record ModelServerAccess(Uri Address, string Token);
