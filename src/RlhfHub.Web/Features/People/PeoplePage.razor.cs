using Microsoft.AspNetCore.Components;
using RlhfHub.Domain;
using RlhfHub.Domain.People;
using RlhfHub.Web.Account;
using static RlhfHub.Web.Languages.Wording;

namespace RlhfHub.Web.Features.People;

public sealed partial class PeoplePage : IDisposable
{
    private const int PageSize = 50;
    private const int InvitationDays = 7;

    private readonly CancellationTokenSource closed = new();
    private List<PersonSummary>? people;
    private IReadOnlyList<InvitationSummary>? invitations;
    private bool hasMore;
    private string? search;
    private string? email;
    private string? emailProblem;
    private bool makesSiteAdmin;
    private string? problem;
    private string? link;
    private string? linkText;

    [Inject]
    private CurrentActor Current { get; set; } = default!;

    [Inject]
    private PeopleService People { get; set; } = default!;

    [Inject]
    private InvitationService Invitations { get; set; } = default!;

    [Inject]
    private PasswordService Passwords { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    protected override Task OnInitializedAsync() => LoadAsync();

    public void Dispose()
    {
        closed.Cancel();
        closed.Dispose();
    }

    private static string StateOf(PersonSummary person)
    {
        string?[] parts = [person.IsDisabled ? T("kept out") : null, person.IsSiteAdmin ? T("admin") : null, person.HasTwoFactor ? T("two-factor") : null];
        return string.Join(", ", parts.OfType<string>());
    }

    private async Task LoadAsync()
    {
        var actor = await Current.GetAsync(closed.Token);
        people = [.. await People.ListAsync(actor, search, null, PageSize, closed.Token)];
        hasMore = people.Count == PageSize;
        invitations = await Invitations.ListForSiteAsync(actor, closed.Token);
    }

    private Task SearchAsync(string? text)
    {
        search = text;
        return LoadAsync();
    }

    private async Task MoreAsync()
    {
        var next = await People.ListAsync(await Current.GetAsync(closed.Token), search, people![^1].Email, PageSize, closed.Token);
        people.AddRange(next);
        hasMore = next.Count == PageSize;
    }

    private async Task InviteAsync()
    {
        emailProblem = null;
        await ChangeAsync(async (actor, token) =>
        {
            var made = await Invitations.InviteToSiteAsync(actor, makesSiteAdmin, email, InvitationDays, token);
            Show(T("The invitation is made. Hand this link over."), "account/invitation", made.Secret);
            (email, makesSiteAdmin) = (null, false);
        });
    }

    private Task ResetAsync(PersonSummary person) => ChangeAsync(async (actor, token) =>
        Show(T("With this link {0} chooses a new password, once, within a day.", person.DisplayName), "account/reset-password", (await Passwords.CreateResetLinkAsync(actor, person.Id, token)).Secret));

    private void Show(string text, string page, string secret) => (linkText, link) = (text, $"{Navigation.BaseUri}{page}?token={secret}");

    private async Task ChangeAsync(Func<Actor, CancellationToken, Task> change)
    {
        problem = null;
        try
        {
            await change(await Current.GetAsync(closed.Token), closed.Token);
            await LoadAsync();
        }
        catch (InvalidRequestException error) when (error.Errors.TryGetValue("Email", out var sentence))
        {
            emailProblem = sentence;
        }
        catch (InvalidRequestException error)
        {
            problem = error.Message;
        }
        catch (AccessException error)
        {
            problem = error.Message;
        }
    }
}
