using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using RlhfHub.Domain.Audit;

namespace RlhfHub.Domain.People;

/// <summary>Registers what concerns accounts and the log of what they did.</summary>
internal static class PeopleRegistration
{
    public static IServiceCollection AddPeople(this IServiceCollection services)
    {
        services.TryAddSingleton<AccountSettings>();
        return services
            .AddSingleton<Access>()
            .AddSingleton<SetUpLink>()
            .AddSingleton<FirstAdmin>()
            .AddSingleton<PasswordResetLinks>()
            .AddSingleton<TokenAuthentication>()
            .AddSingleton<AuditService>()
            .AddSingleton<InvitationAcceptanceService>()
            .AddSingleton<InvitationService>()
            .AddSingleton<MemberService>()
            .AddSingleton<PasskeyService>()
            .AddSingleton<PasswordService>()
            .AddSingleton<PeopleService>()
            .AddSingleton<PersonalTokenService>()
            .AddSingleton<ProfileService>()
            .AddSingleton<RegistrationService>()
            .AddSingleton<SetUpService>()
            .AddSingleton<SignInService>()
            .AddSingleton<TwoFactorService>();
    }
}
