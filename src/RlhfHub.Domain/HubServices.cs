using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using RlhfHub.Domain.Data;
using RlhfHub.Domain.People;

namespace RlhfHub.Domain;

/// <summary>Registers the platform.</summary>
public static class HubServices
{
    /// <summary>Registers the database on the SQLite file <paramref name="databasePath"/> and every use case over it.</summary>
    public static IServiceCollection AddHub(this IServiceCollection services, string databasePath)
    {
        services.AddHubDatabase(databasePath);
        services.TryAddSingleton(TimeProvider.System);
        services.AddPeople();
        return services;
    }
}
