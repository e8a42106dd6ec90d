using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using RlhfHub.Domain.Data;
using RlhfHub.Domain.Labeling;
using RlhfHub.Domain.People;
using RlhfHub.Domain.Projects;
using RlhfHub.Domain.Prompts;
using RlhfHub.Domain.Queue;
using RlhfHub.Domain.Review;

namespace RlhfHub.Domain.Tests.Queue;

/// <summary>What the queue, labeling and review promise in the corners: settling words, keys used twice, full desks, cancelled calls, hidden things.</summary>
public sealed class QueuePromisesTests : IAsyncLifetime
{
    private TestHub hub = null!;
    private Guid p;
    private Actor a = null!, b = null!, rev = null!;
    private int keys;

    [Fact] // the queue hands a settled task to its adjudicator, whose answer turns the settling word into a counted one
    public async Task Adjudicator_DoesNotGetTheTaskAndSettlementStands()
    {
        var task = await hub.AddTaskAsync(p, required: 2);
        await AnswerAsync(a, Prefer(0));
        Assert.Equal(ReviewOutcome.Done, await hub.Get<ReviewService>().AdjudicateAsync(rev, p, task.Id, Sub(Prefer(1)), default));
        var next = await Next(rev);
        if (next is not null) await Submit(rev, next.AssignmentId, Prefer(0));
        await using var db = await hub.OpenAsync();
        var own = await db.Judgments.SingleAsync(j => j.RaterId == rev.Id);
        Assert.True(next is null && own.Standing == JudgmentStanding.Settling, $"handed out: {next is not null}; settling word now {own.Standing}/{own.Review}, revision {own.Revision}");
    }

    [Fact] // k=1: A late -> extra; B skips: nobody else is there; A's answer never counts
    public async Task LeaseGivenUp_OldestExtraTakesThePlace()
    {
        var task = await hub.AddTaskAsync(p);
        var av = (await Next(a))!;
        hub.Time.Advance(TimeSpan.FromHours(1));
        var bv = (await Next(b))!;
        var receipt = await Submit(a, av.AssignmentId, Prefer(0));
        Assert.Equal(SubmitOutcome.Extra, receipt.Outcome);
        await hub.Get<QueueService>().SkipAsync(b, p, bv.AssignmentId, "no", default);
        var now = await hub.TaskAsync(task.Id);
        Assert.Null(await Next(a)); Assert.Null(await Next(b));
        Assert.True(now.CountedJudgments == 1, $"counted {now.CountedJudgments}, leases {now.LiveLeases}, open {now.IsOpen}; an extra lies unused for good");
    }

    [Fact] // with a third rater: the extra could fill, yet another person is asked
    public async Task LeaseExpired_ExtraTakesThePlace()
    {
        var task = await hub.AddTaskAsync(p);
        var av = (await Next(a))!;
        hub.Time.Advance(TimeSpan.FromHours(1));
        await Next(b);
        await Submit(a, av.AssignmentId, Prefer(0));
        hub.Time.Advance(TimeSpan.FromHours(1));
        var c = await hub.AddMemberAsync(p);
        Assert.Null(await Next(c));
    }

    [Fact] // the key of one task used for another: acknowledged, not kept
    public async Task SameKeyForAnotherTask_IsNotAcknowledgedAsKept()
    {
        await hub.AddTaskAsync(p);
        var p2 = await hub.AddProjectAsync();
        await using (var db = await hub.OpenAsync()) { db.Add(new ProjectMember { ProjectId = p2, PersonId = a.Id, JoinedAt = hub.Now }); await db.SaveChangesAsync(); }
        await hub.AddTaskAsync(p2);
        var one = (await Next(a))!;
        var two = (await hub.Get<QueueService>().NextAsync(a, p2, new NextTaskOptions(), default)).Task!;
        var r1 = await hub.Get<LabelingService>().SubmitAsync(a, p, one.AssignmentId, new Submission { Answer = Prefer(0), ClientKey = "answer-0001" }, default);
        SubmitReceipt? r2 = null;
        try { r2 = await hub.Get<LabelingService>().SubmitAsync(a, p2, two.AssignmentId, new Submission { Answer = Prefer(1), ClientKey = "answer-0001" }, default); } catch (InvalidRequestException) { }
        Assert.True(r2 is null || r2.JudgmentId != r1.JudgmentId, $"receipt {r2} for project 2 names the judgment of project 1; nothing was kept");
    }

    [Fact]
    public async Task SameKeyForAnotherEdit_IsNotSaidToBeDone()
    {
        await hub.AddTaskAsync(p); await hub.AddTaskAsync(p);
        var r1 = await AnswerAsync(a, Prefer(0)); var r2 = await AnswerAsync(a, Prefer(0));
        await hub.Get<LabelingService>().EditAsync(a, p, r1.JudgmentId, new Submission { Answer = Prefer(1), ClientKey = "edit-key-1" }, default);
        EditOutcome? o = null;
        try { o = await hub.Get<LabelingService>().EditAsync(a, p, r2.JudgmentId, new Submission { Answer = Prefer(1), ClientKey = "edit-key-1" }, default); } catch (InvalidRequestException) { }
        await using var db = await hub.OpenAsync();
        var revision = (await db.Judgments.SingleAsync(j => j.Id == r2.JudgmentId)).Revision;
        Assert.True(o is null || revision == 2, $"said {o}, yet the judgment is still at revision {revision}");
    }

    [Fact]
    public async Task FixRepeated_ChangesNothing()
    {
        await hub.AddTaskAsync(p);
        var r = await AnswerAsync(a, Prefer(0));
        var fix = new Submission { Answer = Prefer(1), ClientKey = "fix-key-01" };
        await hub.Get<ReviewService>().FixAsync(rev, p, r.JudgmentId, 1, fix, default);
        await hub.Get<ReviewService>().FixAsync(rev, p, r.JudgmentId, 1, fix, default);
        await using var db = await hub.OpenAsync();
        Assert.Equal(1, await db.AuditEntries.CountAsync(e => e.Action == "review.fixed"));
    }

    [Fact] // a reviewer sends back what GET judgment showed, with a reason added: the preference turns round
    public async Task FixWithTheAnswerAsShown_KeepsThePreference()
    {
        for (var i = 0; i < 2; i++) await hub.AddTaskAsync(p);
        for (var i = 0; i < 2; i++)
        {
            var r = await AnswerAsync(a, Prefer(0));
            var details = await hub.Get<JudgmentService>().GetAsync(rev, p, r.JudgmentId, default);
            var said = (ComparisonAnswer)details.Revisions[^1].Answer;
            await hub.Get<ReviewService>().FixAsync(rev, p, r.JudgmentId, 1, new Submission { Answer = said with { Rationale = "clear" }, ClientKey = $"fix-{i:D8}" }, default);
            var after = (ComparisonAnswer)(await hub.Get<JudgmentService>().GetAsync(rev, p, r.JudgmentId, default)).Revisions[^1].Answer;
            Assert.True(said.Better == after.Better, $"order {details.DisplayOrder}: was better {said.Better}, sent back unchanged, now {after.Better}");
        }
    }

    [Theory]
    [InlineData("""{"kind":"comparison","aspects":null}""", TaskKind.Comparison)]
    [InlineData("""{"kind":"comparison","better":0,"strength":1,"margin":1e999}""", TaskKind.Comparison)]
    [InlineData("""{"kind":"comparison","better":0,"strength":1,"aspects":{"Truth":-2147483648}}""", TaskKind.Comparison)]
    [InlineData("""{"kind":"ranking","ranks":null}""", TaskKind.Ranking)]
    [InlineData("""{"kind":"rating","points":null}""", TaskKind.Rating)]
    [InlineData("""{"kind":"classification","labels":null}""", TaskKind.Classification)]
    [InlineData("""{"kind":"classification","labels":[null]}""", TaskKind.Classification)]
    [InlineData("""{"kind":"chat","turns":null}""", TaskKind.Chat)]
    [InlineData("""{"kind":"chat","turns":[null]}""", TaskKind.Chat)]
    [InlineData("""{"kind":"chat","turns":[{"text":"a","replies":null,"chosen":0,"strength":0}]}""", TaskKind.Chat)]
    [InlineData("""{"kind":"chat","turns":[{"text":"a","replies":[null],"chosen":0,"strength":0}]}""", TaskKind.Chat)]
    public async Task Answer_ThatMakesNoSense_IsRefusedWithASentence(string json, TaskKind kind)
    {
        var answer = JsonSerializer.Deserialize<Answer>(json, JsonText.Options)!;
        var project = await hub.AddProjectAsync(new ProjectSettings { Kinds = [kind], Comparison = new() { Aspects = json.Contains("Truth") ? ["Truth"] : [] }, Classification = new() { Labels = [new() { Name = "x" }, new() { Name = "y" }] } });
        var rater = await hub.AddMemberAsync(project);
        await hub.AddTaskAsync(project, kind, responses: kind switch { TaskKind.Comparison => 2, TaskKind.Ranking => 3, TaskKind.Chat => 0, _ => 1 });
        var view = (await hub.Get<QueueService>().NextAsync(rater, project, new NextTaskOptions(), default)).Task!;
        var error = await Record.ExceptionAsync(() => hub.Get<LabelingService>().SubmitAsync(rater, project, view.AssignmentId, Sub(answer), default));
        Assert.True(error is InvalidRequestException, error is null ? "accepted" : $"{error.GetType().Name}: {error.Message}");
    }

    [Theory] // fields "null for answers given here" decide what goes into training
    [InlineData("""{"kind":"comparison","better":0,"strength":1,"margin":-1e300}""", TaskKind.Comparison)]
    [InlineData("""{"kind":"rating","points":{"Helpfulness":5,"Harmlessness":5,"Honesty":5},"desired":false}""", TaskKind.Rating)]
    [InlineData("""{"kind":"chat","turns":[{"text":"a","replies":["b","c"],"chosen":0,"strength":1,"modelVersionIds":["00000000-0000-0000-0000-000000000001"]}]}""", TaskKind.Chat)]
    public Task FieldsOfImports_FromARater_AreRefused(string json, TaskKind kind) => Answer_ThatMakesNoSense_IsRefusedWithASentence(json, kind);

    [Fact]
    public async Task DeskLimit_HoldsAcrossKinds()
    {
        var project = await hub.AddProjectAsync(new ProjectSettings { Kinds = [TaskKind.Comparison, TaskKind.Rating, TaskKind.Ranking] });
        var rater = await hub.AddMemberAsync(project);
        foreach (var kind in new[] { TaskKind.Comparison, TaskKind.Rating, TaskKind.Ranking })
        {
            for (var i = 0; i < 8; i++) await hub.AddTaskAsync(project, kind, responses: kind == TaskKind.Rating ? 1 : 2);
            List<Guid> held = [];
            for (var i = 0; i < 8; i++)
                if ((await hub.Get<QueueService>().NextAsync(rater, project, new NextTaskOptions { Kind = kind, Held = held }, default)).Task is { } view) held.Add(view.AssignmentId);
        }
        await using var db = await hub.OpenAsync();
        var leases = await db.Assignments.CountAsync(x => x.RaterId == rater.Id && x.State == AssignmentState.Leased);
        Assert.True(leases <= QueueService.MaxOnDesk, $"{leases} on one desk");
    }

    [Fact] // Held ids that are not the rater's own free nothing: 4 unknown ids count as held, 5 unknown mean DeskIsFull
    public async Task HeldThatIsNotTheirs_DoesNotFillTheDesk()
    {
        await hub.AddTaskAsync(p);
        var next = await hub.Get<QueueService>().NextAsync(a, p, new NextTaskOptions { Held = [.. Enumerable.Range(0, 5).Select(_ => Guid.NewGuid())] }, default);
        Assert.Equal(NextTaskOutcome.Found, next.Outcome);
    }

    [Fact]
    public async Task PromptPriorityChanged_BatchPriorityStays()
    {
        var added = await hub.Get<PromptService>().AddAsync(hub.Admin, p, new PromptDraft { Messages = [new("user", "Hi there you")], Responses = ["one", "two"] }, default);
        await hub.Get<TaskService>().CreateAsync(hub.Admin, p, new TaskBatch { Kind = TaskKind.Comparison, PromptIds = [added.PromptId], Priority = 100 }, default);
        var prompt = (await hub.Get<PromptService>().ListAsync(hub.Admin, p, new PromptFilter(), new PageRequest(), default)).Items.Single();
        await hub.Get<PromptService>().UpdateAsync(hub.Admin, p, prompt.Id, prompt.Version, new PromptChange { Tags = [], Priority = 1, IsArchived = false }, default);
        await using var db = await hub.OpenAsync();
        Assert.Equal(101, (await db.Tasks.SingleAsync()).Priority);
    }

    [Fact] // nothing waits, nothing waits, ... found: what comes out of an empty queue is gold
    public async Task QueueEmptyButGold_DoesNotComeAndGo()
    {
        var gold = await hub.AddProjectAsync(new ProjectSettings { GoldShare = 0.2 });
        var rater = await hub.AddMemberAsync(gold);
        await hub.AddTaskAsync(gold, purpose: TaskPurpose.Gold, expected: new ComparisonAnswer { Better = 0, Strength = 1 });
        var outcomes = new List<NextTaskOutcome>();
        for (var i = 0; i < 40 && !outcomes.Contains(NextTaskOutcome.Found); i++) outcomes.Add((await hub.Get<QueueService>().NextAsync(rater, gold, new NextTaskOptions(), default)).Outcome);
        Assert.True(outcomes.Distinct().Count() == 1, string.Join(", ", outcomes));
    }

    [Fact]
    public async Task GuidelinesVersionThatIsNone_IsRefused()
    {
        await hub.AddTaskAsync(p);
        var v = (await Next(a))!;
        await Assert.ThrowsAsync<InvalidRequestException>(() => hub.Get<LabelingService>().SubmitAsync(a, p, v.AssignmentId, new Submission { Answer = Prefer(0), ClientKey = "guide-0001", GuidelinesVersion = 77 }, default));
    }

    [Fact]
    public async Task ReturnedAndExpired_StillSaysWhy()
    {
        await hub.AddTaskAsync(p);
        var r = await AnswerAsync(a, Prefer(0));
        await hub.Get<ReviewService>().RejectAsync(rev, p, r.JudgmentId, 1, "Read the second reply.", default);
        Assert.Equal("Read the second reply.", (await Next(a))!.Reason);
        hub.Time.Advance(TimeSpan.FromHours(2));
        Assert.Equal("Read the second reply.", (await Next(a))!.Reason);
    }

    [Fact]
    public async Task Resubmitted_HistoryShowsNoOldRejection()
    {
        await hub.AddTaskAsync(p);
        var r = await AnswerAsync(a, Prefer(0));
        await hub.Get<ReviewService>().RejectAsync(rev, p, r.JudgmentId, 1, "Bad.", default);
        await AnswerAsync(a, Prefer(1));
        var own = (await hub.Get<LabelingService>().HistoryAsync(a, p, default)).Single();
        Assert.True(own.ReviewReason is null, $"{own.Review} with reason '{own.ReviewReason}'");
    }

    [Fact]
    public async Task DraftSavedAgain_TheSame_IsSaved()
    {
        await hub.AddTaskAsync(p);
        var v = (await Next(a))!;
        var d = new DraftSave { Device = "d", Sequence = 1, Content = "{}" };
        Assert.NotNull(await hub.Get<LabelingService>().SaveDraftAsync(a, p, v.AssignmentId, d, default));
        Assert.NotNull(await hub.Get<LabelingService>().SaveDraftAsync(a, p, v.AssignmentId, d, default));
    }

    [Fact]
    public async Task FixedThenApproved_RaterCannotUndoTheFix()
    {
        await hub.AddTaskAsync(p);
        var r = await AnswerAsync(a, Prefer(0));
        await hub.Get<ReviewService>().FixAsync(rev, p, r.JudgmentId, 1, Sub(Prefer(1)), default);
        await hub.Get<ReviewService>().ApproveAsync(hub.Admin, p, r.JudgmentId, 2, default);
        Assert.Equal(EditOutcome.SettledByReviewer, await hub.Get<LabelingService>().EditAsync(a, p, r.JudgmentId, Sub(Prefer(0)), default));
    }

    [Fact]
    public async Task NoDraftOffered_RaterSeesNoModelReply()
    {
        var project = await hub.AddProjectAsync(new ProjectSettings { Kinds = [TaskKind.Demonstration], Demonstration = new() { OffersDraft = false } });
        var rater = await hub.AddMemberAsync(project);
        var added = await hub.Get<PromptService>().AddAsync(hub.Admin, project, new PromptDraft { Messages = [new("user", "Hello you there")], Responses = ["model's words"] }, default);
        await hub.Get<TaskService>().CreateAsync(hub.Admin, project, new TaskBatch { Kind = TaskKind.Demonstration, PromptIds = [added.PromptId] }, default);
        Assert.Empty((await hub.Get<QueueService>().NextAsync(rater, project, new NextTaskOptions(), default)).Task!.Replies);
    }

    [Fact]
    public async Task ColumnLengths_HoldWhatIsWritten()
    {
        await using var db = await hub.OpenAsync();
        var reason = db.Model.FindEntityType(typeof(Assignment))!.FindProperty("Reason")!.GetMaxLength();
        Assert.True(reason >= 2000, $"Assignments.Reason takes {reason}; RejectAsync writes up to 2,000: varchar({reason}) refuses it on PostgreSQL");
    }

    [Theory] // a hand-out that is cancelled after a cursor moved past positions that are then given again; false is the control
    [InlineData(true)]
    [InlineData(false)]
    public async Task HandOutCancelled_HidesNoTaskLater(bool isCancelled)
    {
        using var stop = new CancellationTokenSource();
        var random = new Cancelling(stop);
        await using var own = await TestHub.CreateAsync(1, random);
        var project = await own.AddProjectAsync();
        var (x, y) = (await own.AddMemberAsync(project), await own.AddMemberAsync(project));
        await own.AddTaskAsync(project, priority: 1, author: x.Id);     // never for x: the line of priority 1 looks empty to x
        var t = await own.AddTaskAsync(project, priority: 0);
        var q = own.Get<QueueService>();
        Assert.NotNull((await q.NextAsync(y, project, new NextTaskOptions(), default)).Task);
        Assert.NotNull((await q.NextAsync(y, project, new NextTaskOptions { Held = [(await DeskOf(own, y))[0]] }, default)).Task);   // y has both
        own.Time.Advance(TimeSpan.FromHours(1));
        if (isCancelled)
        {
            random.Armed = true;
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => q.NextAsync(x, project, new NextTaskOptions(), stop.Token));
            random.Armed = false;
        }
        await own.AddTaskAsync(project, priority: 1);
        await own.AddTaskAsync(project, priority: 1);
        int got = 0;
        while ((await q.NextAsync(x, project, new NextTaskOptions(), default)).Task is { } view)
        {
            await own.Get<LabelingService>().SubmitAsync(x, project, view.AssignmentId, new Submission { Answer = Prefer(0), ClientKey = $"cursor-{got++:D4}" }, default);
        }
        Assert.True(got == 3, $"x got {got} of the 3 tasks that are open to x");
    }

    [Fact] // the group's limit: whoever has the turn does not always run its own work
    public async Task MoreThanAGroupWaits_OwnWorkIsRunAllTheSame()
    {
        var writes = hub.Get<WriteTransactions>();
        var line = typeof(WriteTransactions).GetField("line", System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Instance)!.GetValue(writes)!;
        var waiting = typeof(WriteTransactions).GetNestedType("Waiting", System.Reflection.BindingFlags.NonPublic)!;
        Func<RlhfHubDbContext, Task> nothing = _ => Task.CompletedTask;
        // 32 threads that were stopped between Enqueue and WaitAsync.
        for (var i = 0; i < 32; i++) line.GetType().GetMethod("Enqueue")!.Invoke(line, [Activator.CreateInstance(waiting, nothing, true)]);
        var own = writes.RunAsync(_ => Task.CompletedTask, default);
        Assert.True(await Task.WhenAny(own, Task.Delay(3000)) == own, "waits for good although nobody holds the turn");
    }

    [Fact] // the reviewer approves what they have never seen
    public async Task EditedBetweenLookAndApproval_IsNotApprovedUnseen()
    {
        await hub.AddTaskAsync(p);
        var r = await AnswerAsync(a, Prefer(0));
        var seen = await hub.Get<JudgmentService>().GetAsync(rev, p, r.JudgmentId, default);
        await hub.Get<LabelingService>().EditAsync(a, p, r.JudgmentId, Sub(Prefer(1)), default);
        var outcome = await hub.Get<ReviewService>().ApproveAsync(rev, p, r.JudgmentId, seen.Judgment.Revision, default);
        var after = (await hub.Get<JudgmentService>().GetAsync(rev, p, r.JudgmentId, default)).Judgment;
        Assert.False(outcome == ReviewOutcome.Done && after.Review == ReviewState.Approved, $"looked at revision {seen.Judgment.Revision}, approved revision {after.Revision}");
    }

    [Fact] // a reviewer who labels can ask who wrote the replies, and which task is gold, before judging
    public async Task ReviewerWhoLabels_CannotSeeWhoWroteWhatIsOnTheirDesk()
    {
        var added = await hub.Get<PromptService>().AddAsync(hub.Admin, p, new PromptDraft { Messages = [new("user", "Hi there you")], Source = "gpt-x", Responses = ["one", "two"] }, default);
        await hub.Get<TaskService>().CreateAsync(hub.Admin, p, new TaskBatch { Kind = TaskKind.Comparison }, default);
        var view = (await Next(rev))!;
        var task = (await hub.Get<TaskService>().ListAsync(rev, p, new TaskFilter(), new PageRequest(), default)).Items.Single(t => t.LiveLeases > 0);
        var replies = await hub.Get<PromptService>().ResponsesAsync(rev, p, task.PromptId, default);
        Assert.True(replies.All(r => r.ImportedName is null), string.Join(", ", view.Replies.Select(text => $"'{text}' is by {replies.Single(r => r.Text == text).ImportedName}")) + $"; purpose {task.Purpose}");
    }

    [Fact]
    public async Task WithdrawnAndExpired_DoesNotComeBackByRenewal()
    {
        var task = await hub.AddTaskAsync(p);
        var v = (await Next(a))!;
        await hub.Get<TaskService>().WithdrawAsync(hub.Admin, p, task.Id, true, default);
        hub.Time.Advance(TimeSpan.FromHours(2));
        Assert.Null(await Next(b));
        Assert.Empty(await hub.Get<QueueService>().RenewAsync(a, p, [v.AssignmentId], default));
    }

    [Fact] // revived by renewal, the desk grows past its limit
    public async Task DeskLimit_HoldsAfterRenewal()
    {
        for (var i = 0; i < 10; i++) await hub.AddTaskAsync(p);
        List<Guid> first = [], second = [];
        for (var i = 0; i < 5; i++) first.Add((await hub.Get<QueueService>().NextAsync(a, p, new NextTaskOptions { Held = first }, default)).Task!.AssignmentId);
        hub.Time.Advance(TimeSpan.FromHours(2));
        await Next(b);
        for (var i = 0; i < 5; i++) if ((await hub.Get<QueueService>().NextAsync(a, p, new NextTaskOptions { Held = second }, default)).Task is { } v) second.Add(v.AssignmentId);
        await hub.Get<QueueService>().RenewAsync(a, p, first, default);
        await using var db = await hub.OpenAsync();
        var leases = await db.Assignments.CountAsync(x => x.RaterId == a.Id && x.State == AssignmentState.Leased);
        Assert.True(leases <= QueueService.MaxOnDesk, $"{leases} on one desk");
    }

    public async Task InitializeAsync()
    {
        hub = await TestHub.CreateAsync();
        p = await hub.AddProjectAsync();
        (a, b, rev) = (await hub.AddMemberAsync(p), await hub.AddMemberAsync(p), await hub.AddMemberAsync(p, ProjectRole.Reviewer));
    }

    private static async Task<List<Guid>> DeskOf(TestHub own, Actor who)
    {
        await using var db = await own.OpenAsync();
        return await db.Assignments.Where(e => e.RaterId == who.Id).Select(e => e.Id).ToListAsync();
    }

    private sealed class Cancelling(CancellationTokenSource stop) : Random
    {
        public bool Armed;

        public override int Next(int min, int max)
        {
            if (Armed) stop.Cancel();
            return base.Next(min, max);
        }

        public override int Next(int max)
        {
            if (Armed) stop.Cancel();
            return base.Next(max);
        }
    }

    public async Task DisposeAsync() => await hub.DisposeAsync();

    private static ComparisonAnswer Prefer(int shown) => new() { Better = shown, Strength = 2 };
    private Submission Sub(Answer answer) => new() { Answer = answer, ClientKey = $"fault-{keys++:D6}" };
    private async Task<TaskView?> Next(Actor who) => (await hub.Get<QueueService>().NextAsync(who, p, new NextTaskOptions(), default)).Task;
    private Task<SubmitReceipt> Submit(Actor who, Guid id, Answer answer) => hub.Get<LabelingService>().SubmitAsync(who, p, id, Sub(answer), default);
    private async Task<SubmitReceipt> AnswerAsync(Actor who, Answer answer) => await Submit(who, (await Next(who))!.AssignmentId, answer);
}
