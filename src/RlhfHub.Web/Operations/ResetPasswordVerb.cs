using System.CommandLine;
using RlhfHub.Domain;
using RlhfHub.Domain.People;

namespace RlhfHub.Web.Operations;

/// <summary>A way in for who owns the machine, also where the last admin forgot the password.</summary>
internal static class ResetPasswordVerb
{
    public static Command Command()
    {
        var email = new Argument<string>("EMAIL") { Description = "The address that the person signs in with." };
        var command = new Command("reset-password", "Prints a link with which a person chooses a new password, once, within a day. The site may run.") { email };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var folder = Verbs.FolderOf(parsed);
            await using var services = new ServiceCollection().AddHub(folder.Database).BuildServiceProvider();
            if (await services.GetRequiredService<PasswordResetLinks>().CreateForAsync(parsed.GetValue(email)!, cancellationToken) is not { } link)
            {
                await parsed.InvocationConfiguration.Error.WriteLineAsync($"Nobody here signs in as {parsed.GetValue(email)}.");
                return 1;
            }
            await parsed.InvocationConfiguration.Output.WriteLineAsync($"Behind the site's address, until {link.ExpiresAt:yyyy-MM-dd HH:mm} UTC: /account/reset-password?token={link.Secret}");
            return 0;
        });
        return command;
    }
}
