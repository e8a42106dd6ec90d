using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using RlhfHub.Domain.Data;
using RlhfHub.Domain.Datasets;
using RlhfHub.Domain.Datasets.Archives;
using RlhfHub.Domain.Datasets.Imports;
using RlhfHub.Domain.Labeling;
using RlhfHub.Domain.Models;
using RlhfHub.Domain.People;
using RlhfHub.Domain.Projects;
using RlhfHub.Domain.Prompts;
using RlhfHub.Domain.Queue;
using RlhfHub.Domain.Review;
using RlhfHub.Domain.Rounds;

namespace RlhfHub.Domain;

/// <summary>Registers the platform.</summary>
public static class HubServices
{
    /// <summary>Registers the database on the SQLite file <paramref name="databasePath"/> and every use case over it. Those of models need an <see cref="IModelHost"/> besides, those of rounds an <see cref="ITrainerCatalogue"/>.</summary>
    public static IServiceCollection AddHub(this IServiceCollection services, string databasePath)
    {
        services.AddHubDatabase(databasePath);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(Random.Shared);
        services.AddSingleton<QueueCursors>().AddSingleton<TaskReader>();
        services.AddSingleton<QueueService>().AddSingleton<WaitingService>().AddSingleton<LabelingService>().AddSingleton<ReviewService>().AddSingleton<JudgmentService>();
        services.AddSingleton<ReviewQueueService>().AddSingleton<OwnWorkService>().AddSingleton<ProgressService>();
        services.AddSingleton<ProjectService>().AddSingleton<PromptService>().AddSingleton<TaskService>();
        services.AddSingleton<SnapshotReader>().AddSingleton<SnapshotService>().AddSingleton<ExportService>();
        services.AddSingleton<ImportSignal>().AddSingleton<ImportRunner>().AddSingleton<ImportService>();
        services.AddSingleton<ModelService>().AddSingleton<ChatService>().AddSingleton<CandidateSignal>().AddSingleton<CandidateRunner>().AddSingleton<CandidateService>();
        services.AddSingleton<RoundData>().AddSingleton<RoundModels>().AddSingleton<RoundSignal>().AddSingleton<RoundHeadToHeads>().AddSingleton<RoundLedger>().AddSingleton<RoundService>().AddSingleton<VersionService>();
        services.AddSingleton<HeadToHeadSignal>().AddSingleton<HeadToHeadRunner>().AddSingleton<HeadToHeadService>();
        services.AddPeople();
        services.AddSingleton<ArchiveService>();
        return services;
    }
}
