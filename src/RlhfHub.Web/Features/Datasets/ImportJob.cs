using RlhfHub.Domain.Datasets.Imports;

namespace RlhfHub.Web.Features.Datasets;

/// <summary>Runs queued imports one after the other, and at start those that an end of the site interrupted.</summary>
internal sealed partial class ImportJob(ImportRunner runner, ImportSignal signal, ILogger<ImportJob> logger) : BackgroundService
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(30);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                foreach (var importId in await runner.WaitingAsync(stoppingToken)) await RunAsync(importId, stoppingToken);
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                LogUnread(error);
            }
            await signal.WaitAsync(LookAgain, stoppingToken);
        }
    }

    private async Task RunAsync(Guid importId, CancellationToken stoppingToken)
    {
        try
        {
            await runner.RunAsync(importId, stoppingToken);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            // It stays queued and is tried again: what it has taken so far is whole.
            LogFailed(error, importId);
        }
    }

    [LoggerMessage(LogLevel.Error, "The queue of imports could not be read; it is tried again.")]
    private partial void LogUnread(Exception error);

    [LoggerMessage(LogLevel.Error, "The import {ImportId} was interrupted by an error and will be tried again.")]
    private partial void LogFailed(Exception error, Guid importId);
}
