using Microsoft.AspNetCore.Components;
using RlhfHub.Domain.People;
using RlhfHub.Web.Shared;
using static RlhfHub.Web.Languages.Wording;

namespace RlhfHub.Web.Features.People;

public sealed partial class PeoplePage
{
    private const int PageSize = 50;
    private const int InvitationDays = 7;

    private List<PersonSummary>? people;
    private IReadOnlyList<InvitationSummary>? invitations;
    private bool hasMore;
    private string? search;
    private string? email;
    private bool makesSiteAdmin;
    private string? link;
    private string? linkText;

    [Inject]
    private PeopleService People { get; set; } = default!;

    [Inject]
    private InvitationService Invitations { get; set; } = default!;

    [Inject]
    private PasswordService Passwords { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    protected override Task OnInitializedAsync() => TryAsync(LoadAsync);

    private static string StateOf(PersonSummary person)
    {
        string?[] parts = [person.IsDisabled ? T("kept out") : null, person.IsSiteAdmin ? T("admin") : null, person.HasTwoFactor ? T("two-factor") : null];
        return string.Join(", ", parts.OfType<string>());
    }

    private async Task LoadAsync(Actor actor, CancellationToken stop)
    {
        people = [.. await People.ListAsync(actor, search, null, PageSize, stop)];
        hasMore = people.Count == PageSize;
        invitations = await Invitations.ListForSiteAsync(actor, stop);
    }

    private Task SearchAsync(string? text)
    {
        search = text;
        return TryAsync(LoadAsync);
    }

    private Task MoreAsync() => TryAsync(async (actor, stop) =>
    {
        var next = await People.ListAsync(actor, search, people![^1].Email, PageSize, stop);
        people.AddRange(next);
        hasMore = next.Count == PageSize;
    });

    private Task InviteAsync() => ChangeAsync(async (actor, stop) =>
    {
        var made = await Invitations.InviteToSiteAsync(actor, makesSiteAdmin, email, InvitationDays, stop);
        Show(T("The invitation is made. Hand this link over."), "account/invitation", made.Secret);
        (email, makesSiteAdmin) = (null, false);
    });

    private Task ResetAsync(PersonSummary person) => ChangeAsync(async (actor, token) =>
        Show(T("With this link {0} chooses a new password, once, within a day.", Isolate.Text(person.DisplayName)), "account/reset-password", (await Passwords.CreateResetLinkAsync(actor, person.Id, token)).Secret));

    private void Show(string text, string page, string secret) => (linkText, link) = (text, $"{Navigation.BaseUri}{page}?token={secret}");

    private Task ChangeAsync(Func<Actor, CancellationToken, Task> change) => TryAsync(async (actor, stop) =>
    {
        await change(actor, stop);
        await LoadAsync(actor, stop);
    });
}
