using RlhfHub.Domain;
using RlhfHub.Domain.Data;
using RlhfHub.Domain.People;

namespace RlhfHub.Web.Operations;

/// <summary>How a site without an admin gets one: from two settings, or by a link that the terminal shows.</summary>
internal static class FirstStart
{
    public const string EmailSetting = "RLHFHUB_ADMIN_EMAIL";
    public const string PasswordSetting = "RLHFHUB_ADMIN_PASSWORD";

    /// <returns>The secret of the set-up link; null when there is an admin.</returns>
    /// <exception cref="DataFolderException">The settings make no admin.</exception>
    public static async Task<string?> PrepareAsync(IServiceProvider services, IConfiguration settings)
    {
        var firstAdmin = services.GetRequiredService<FirstAdmin>();
        if (!await firstAdmin.IsMissingAsync(CancellationToken.None)) return null;
        var (email, password) = (settings[EmailSetting], settings[PasswordSetting]);
        if (string.IsNullOrEmpty(email) && string.IsNullOrEmpty(password)) return services.GetRequiredService<SetUpLink>().Issue();
        try
        {
            await firstAdmin.CreateAsync(new PersonDetails(email, email?.Split('@')[0], password), CancellationToken.None);
            return null;
        }
        catch (InvalidRequestException error)
        {
            var setting = error.Errors.ContainsKey(nameof(PersonDetails.Email)) ? EmailSetting : PasswordSetting;
            throw new DataFolderException($"The first admin cannot be made from {setting}: {error.Errors.Values.First()}", error);
        }
    }
}
