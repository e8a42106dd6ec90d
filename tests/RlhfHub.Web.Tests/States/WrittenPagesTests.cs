using Bunit;
using RlhfHub.Domain;
using RlhfHub.Domain.Datasets;
using RlhfHub.Domain.Labeling;
using RlhfHub.Domain.People;
using RlhfHub.Domain.Projects;
using RlhfHub.Domain.Review;

namespace RlhfHub.Web.Tests.States;

public sealed class WrittenPagesTests(TestSite site) : PageTest(site)
{
    // One for all pages: nothing here changes it.
    private static (Guid Id, Actor Admin, Actor Rater)? project;

    public static TheoryData<string> Pages => [.. WrittenPages.All.Keys.Select(page => page.Name)];

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Open_VeryLongTextsFromRightToLeft_AreWholeAndKeepTheirDirection(string name)
    {
        var (page, (isForRater, shown)) = WrittenPages.All.Single(entry => entry.Key.Name == name);
        var (id, admin, rater) = project ??= await FillAsync();
        await SignInAsync(isForRater ? rater : admin);

        var view = Open(page, id);

        view.WaitForAssertion(() =>
        {
            var words = Written.Words(view.Nodes);
            Assert.All(shown, text => Assert.True(words.Contains(text, StringComparison.Ordinal), $"{text.Length} characters are not there in full."));
        });
        Written.AssertKeepsItsDirection(view.Nodes);
    }

    private async Task<(Guid Id, Actor Admin, Actor Rater)> FillAsync()
    {
        var admin = await AddPersonAsync(WrittenPages.Person, isSiteAdmin: true);
        var id = await Get<ProjectService>().CreateAsync(admin, new ProjectDraft { Name = WrittenPages.Project, Description = Written.Of(2000), Settings = new() { Overlap = 2 } }, default);
        await Get<ProjectService>().WriteGuidelinesAsync(admin, id, 0, WrittenPages.Prompt, default);
        var rater = await AddMemberAsync(id, ProjectRole.Rater, WrittenPages.Person);
        await AddPromptsAsync(admin, id, 3, WrittenPages.Prompt, Written.Of(200));
        await Get<TaskService>().CreateAsync(admin, id, new TaskBatch { Kind = TaskKind.Comparison }, default);
        await AnswerAsync(rater, id, 2, _ => new ComparisonAnswer { Better = 0, Strength = 1, Rationale = WrittenPages.Reason });
        var first = (await Get<JudgmentService>().ListAsync(admin, id, new JudgmentFilter(), new PageRequest(), default)).Items[0];
        await Get<SnapshotService>().CreateAsync(admin, id, new SnapshotDraft { Name = Written.Of(110), Rules = new() }, default);
        await Get<ReviewService>().RejectAsync(admin, id, first.Id, first.Revision, WrittenPages.Reason, default);
        await UploadAsync(admin, id, "{}", WrittenPages.FileName);
        await Get<InvitationService>().InviteToSiteAsync(admin, false, null, 7, default);
        return (id, admin, rater);
    }
}
