using RlhfHub.Domain.Models;
using RlhfHub.Web.Features.Labeling;

namespace RlhfHub.Web.Features.Models;

/// <summary>Registers what reaches models: the site's own server, outside endpoints, and the job that orders replies.</summary>
internal static class ModelsSetup
{
    public static void AddModels(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton(new EndpointRules(configuration.GetValue<bool>("Models:AllowPrivateEndpoints")));
        services.AddSingleton<ServedModels>().AddSingleton<ModelServer>().AddSingleton<IModelHost, ModelHost>();
        services.AddHostedService(provider => provider.GetRequiredService<ModelServer>());
        services.AddHostedService<CandidateWork>().AddHostedService<HeadToHeadWork>();
        services.AddScoped<IChatPartner, ProjectChat>();
    }
}
