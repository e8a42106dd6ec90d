using RlhfHub.Domain.Models;
using RlhfHub.Web.Live;

namespace RlhfHub.Web.Features.Models;

/// <summary>Has models that were put against each other answer, one pair of models after the other, and tells open pages of each comparison.</summary>
internal sealed partial class HeadToHeadWork(HeadToHeadRunner runner, HeadToHeadSignal signal, LiveFeed feed, ILogger<HeadToHeadWork> logger) : BackgroundService
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(15);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                // Looked at anew after each: what a running training offers comes first.
                while (await runner.WaitingAsync(stoppingToken) is [var (id, projectId), ..] && await RunAsync(id, projectId, stoppingToken)) { }
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                LogUnread(error);
            }
            await signal.WaitAsync(LookAgain, stoppingToken);
        }
    }

    private async Task<bool> RunAsync(Guid id, Guid projectId, CancellationToken stoppingToken)
    {
        try
        {
            await runner.RunAsync(id, () => feed.Tell(new TaskNews(projectId)), stoppingToken);
            return true;
        }
        catch (ModelException error)
        {
            LogWaits(id, error.Message);
        }
        catch (Exception error) when (error is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
        {
            LogFailed(error, id);
        }
        return false;
    }

    [LoggerMessage(LogLevel.Error, "The models that wait to be compared could not be read; it is tried again.")]
    private partial void LogUnread(Exception error);

    [LoggerMessage(LogLevel.Warning, "The head-to-head {Id} waits for its models: {Reason}")]
    private partial void LogWaits(Guid id, string reason);

    [LoggerMessage(LogLevel.Error, "The head-to-head {Id} was interrupted by an error and will be tried again.")]
    private partial void LogFailed(Exception error, Guid id);
}
