using RlhfHub.Domain.Rounds;
using RlhfHub.Web.Live;

namespace RlhfHub.Web.Features.Rounds;

/// <summary>Registers what runs rounds.</summary>
internal static class RoundsSetup
{
    public static void AddRounds(this IServiceCollection services)
    {
        services.AddSingleton<ITrainerCatalogue, TrainerCatalogue>();
        services.AddSingleton<LiveFeed>().AddSingleton<RunFolders>().AddSingleton<WorkerLauncher>();
        services.AddHostedService<RoundRunner>();
    }
}
