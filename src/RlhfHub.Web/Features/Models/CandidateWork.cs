using RlhfHub.Domain.Models;

namespace RlhfHub.Web.Features.Models;

/// <summary>Works on orders for replies one after the other, and at start on those that an end of the site interrupted.</summary>
internal sealed partial class CandidateWork(CandidateRunner runner, CandidateSignal signal, ILogger<CandidateWork> logger) : BackgroundService
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(15);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                foreach (var jobId in await runner.WaitingAsync(stoppingToken)) await RunAsync(jobId, stoppingToken);
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                LogUnread(error);
            }
            await signal.WaitAsync(LookAgain, stoppingToken);
        }
    }

    private async Task RunAsync(Guid jobId, CancellationToken stoppingToken)
    {
        try
        {
            await runner.RunAsync(jobId, stoppingToken);
        }
        catch (ModelException error)
        {
            LogWaits(jobId, error.Message);
        }
        catch (Exception error) when (error is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
        {
            // It stays in the queue and goes on after its last portion.
            LogFailed(error, jobId);
        }
    }

    [LoggerMessage(LogLevel.Error, "The orders for replies could not be read; it is tried again.")]
    private partial void LogUnread(Exception error);

    [LoggerMessage(LogLevel.Warning, "The order {JobId} waits for its model: {Reason}")]
    private partial void LogWaits(Guid jobId, string reason);

    [LoggerMessage(LogLevel.Error, "The order {JobId} was interrupted by an error and will be tried again.")]
    private partial void LogFailed(Exception error, Guid jobId);
}
