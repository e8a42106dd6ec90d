using RlhfHub.Domain.Audit;
using RlhfHub.Domain.Datasets;
using RlhfHub.Domain.Datasets.Imports;
using RlhfHub.Domain.Labeling;
using RlhfHub.Domain.Models;
using RlhfHub.Domain.Projects;
using RlhfHub.Domain.Prompts;
using RlhfHub.Domain.Rounds;
using RlhfHub.Web.Features.Audit;
using RlhfHub.Web.Features.Datasets;
using RlhfHub.Web.Features.Home;
using RlhfHub.Web.Features.Labeling;
using RlhfHub.Web.Features.Models;
using RlhfHub.Web.Features.Projects;
using RlhfHub.Web.Features.Prompts;
using RlhfHub.Web.Features.Review;
using RlhfHub.Web.Features.Rounds;
using RlhfHub.Web.Features.Tasks;
using RlhfHub.Web.Shared;
using RlhfHub.Web.Tests.Features.Labeling;
using RlhfHub.Web.Tests.Features.Review;

namespace RlhfHub.Web.Tests.States;

/// <summary>Every part of a page that shows or takes what people write, with the very long text wherever one can stand.</summary>
internal static class WrittenParts
{
    private static readonly string Name = Written.Of(120);

    private static readonly Message[] Messages = [new(Message.User, Written.Text)];

    private static readonly ProjectSettings Settings = new()
    {
        Kinds = [.. KindNames.All],
        Comparison = new() { Aspects = [Name], Rationale = RationaleRule.Optional },
        Rating = new() { Attributes = [new() { Name = Name, Description = Written.Of(300) }], Rationale = RationaleRule.Optional },
        Classification = new() { Labels = [new() { Name = Name, Description = Written.Of(300) }, .. Enumerable.Range(1, 9).Select(index => new ClassLabel { Name = $"{index} {Name}" })], IsMultiple = true },
        Demonstration = new() { OffersDraft = true },
    };

    /// <summary>For each part its parameters, and what of the text has to be there to be read; nothing where the text is for what it takes.</summary>
    public static IReadOnlyDictionary<Type, (Dictionary<string, object?> Parameters, string[] Shown)> All { get; } = new Dictionary<Type, (Dictionary<string, object?>, string[])>
    {
        [typeof(Markdown)] = (new() { ["Text"] = Written.Text }, [Written.Text]),
        [typeof(RawText)] = (new() { ["Text"] = Written.Text }, [Written.Text]),
        [typeof(ProblemLine)] = (new() { ["Text"] = Written.Text }, [Written.Text]),
        [typeof(WordDiff)] = (new() { ["Old"] = Written.Of(3000), ["New"] = "Word " + Written.Of(3000) }, [Written.Of(3000)]),

        [typeof(ProjectCard)] = (new() { ["Project"] = new ProjectSummary(Guid.Empty, Name, Written.Of(2000), ProjectRole.Rater, false, default), ["Waiting"] = Array.Empty<Domain.Queue.WaitingTasks>() }, [Name, Written.Of(2000)]),
        [typeof(ProjectHeader)] = (new() { ["Project"] = new ProjectDetails(Guid.Empty, Name, "", ProjectRole.Admin, Settings, 0, false, default, Guid.Empty) }, [Name]),
        [typeof(BasicFields)] = (new() { ["Model"] = Model() }, [Name, Written.Of(2000)]),
        [typeof(AskingFields)] = (new() { ["Model"] = Model() }, [Name, $"{Name}: {Written.Of(300)}"]),
        [typeof(GuidelinesEditor)] = (new() { ["Text"] = Written.Text }, [Written.Text]),
        [typeof(TaskPreview)] = (new() { ["Settings"] = Settings with { Kinds = [TaskKind.Classification] } }, [Name, Written.Of(300)]),
        [typeof(TaskBatchForm)] = (new() { ["Settings"] = Settings }, []),

        [typeof(PromptBulkBar)] = (new() { ["Count"] = 2, ["AllMatch"] = false }, []),
        [typeof(PromptDetail)] = (new() { ["Prompt"] = Prompt(), ["Replies"] = new[] { new ResponseDetails(Guid.Empty, Written.Text, ResponseOrigin.Import, Name, null, default) } }, [Written.Text, Name]),
        [typeof(PromptFilterBar)] = (new() { ["Filter"] = new PromptFilter { Search = Name, Tag = Written.Of(100), Source = Written.Of(200) } }, [Name, Written.Of(100), Written.Of(200)]),

        [typeof(ImportChoices)] = (new() { ["Choice"] = new ImportChoice { Format = "csv" }, ["Preview"] = new ImportPreview("csv", [], [], 0, new Dictionary<string, int>(), true) { Header = [Name] } }, [Name]),
        [typeof(ImportList)] = (new() { ["Imports"] = new[] { new ImportDetails(Guid.Empty, Name, 1, "csv", ImportState.Failed, default, 0, new ImportCounts(), [], Written.Of(500), default) } }, [Name, Written.Of(500)]),
        [typeof(ImportPreviewTable)] = (new() { ["Preview"] = new ImportPreview("csv", [new(1, 1, new PromptExample([new(Message.User, Written.Text)]), null)], [new(2, Written.Of(500))], 1, new Dictionary<string, int>(), true) }, [Excerpt.Of(Written.Text, 300), Written.Of(500)]),
        [typeof(SnapshotCard)] = (new() { ["Snapshot"] = new SnapshotDetails(Guid.Empty, Name, new SnapshotRules(), new string('a', 64), new SnapshotCounts(0, 0, new Dictionary<string, int>(), new Dictionary<string, int>()), 0, default), ["ProjectId"] = Guid.Empty }, [Name]),
        [typeof(SnapshotForm)] = ([], []),

        [typeof(CandidateForm)] = ([], []),
        [typeof(CandidateJobs)] = (new() { ["Jobs"] = new[] { new CandidateProgress(Guid.Empty, new CandidateOrder(), Name, CandidateState.Queued, 2, 1, 1, 0, 0, Written.Of(500), default) } }, [Name, Written.Of(500)]),
        [typeof(FlaggedReplies)] = (new() { ["Replies"] = new[] { new FlaggedReply(Guid.Empty, Guid.Empty, Messages, Written.Text, null, Name) } }, [Written.Text, Name]),
        [typeof(HeadToHeadList)] = (new() { ["Entries"] = new[] { new HeadToHeadDetails(Guid.Empty, Name, null, Name, null, new HeadToHeadOrder(), null, null, CandidateState.Queued, 1, 1, 1, new WinRate(1, 0, 0), Written.Of(500), default) } }, [Name, Written.Of(500)]),
        [typeof(RoundList)] = (new() { ["Rounds"] = new[] { new RoundSummary(Guid.Empty, 1, RoundState.Failed, RoundWish.Run, Written.Of(500), false, [], default, null, null) }, ["ProjectId"] = Guid.Empty, ["Now"] = default(DateTime) }, [Written.Of(500)]),
        [typeof(RunFacts)] = (new() { ["Stage"] = new StagePlan { Kind = "sft" }, ["ProjectId"] = Guid.Empty, ["Snapshot"] = new SnapshotDetails(Guid.Empty, Name, new SnapshotRules(), new string('a', 64), new SnapshotCounts(0, 0, new Dictionary<string, int>(), new Dictionary<string, int>()), 0, default) }, [Name]),
        [typeof(RunLog)] = (new() { ["Events"] = new[] { new RunEventDetails(1, default, "log", new System.Text.Json.Nodes.JsonObject { ["message"] = Written.Of(500) }) } }, [Written.Of(500)]),
        [typeof(RunSamples)] = (new() { ["Pairs"] = new[] { new SamplePair(Written.Text, new SampleReply(0, Written.Of(500), null), null, false) } }, [Written.Text, Written.Of(500)]),
        [typeof(TroublePanel)] = (new() { ["Stage"] = new StagePlan { Kind = "ppo" }, ["Reason"] = Written.Of(500) }, [Written.Of(500)]),
        [typeof(VersionCard)] = (new() { ["Version"] = new VersionDetails { Id = Guid.Empty, Name = Name, Role = VersionRole.Policy, Kind = "sft", State = VersionState.Candidate, BaseModel = "starter", RoundId = Guid.Empty, RoundNumber = 1, RunId = Guid.Empty, Metrics = new Dictionary<string, double>(), SizeBytes = 1, CreatedAt = default }, ["ProjectId"] = Guid.Empty }, [Name]),
        [typeof(ModelForm)] = (new() { ["Details"] = new ModelDetails(ModelSource.Own, Name, null, false, [Name]) }, [Name]),
        [typeof(ModelServerPanel)] = (new() { ["Server"] = new ModelServerStatus(ModelServerState.Restarting, Written.Of(500), 3, null, null, "log") }, [Written.Of(500)]),
        [typeof(AuditTable)] = (new() { ["Entries"] = new[] { new AuditRecord(1, default, Guid.Empty, Name, "project.update", null, Written.Of(200), Written.Of(2000)) } }, [Name, Written.Of(200), Written.Of(2000)]),

        [typeof(Conversation)] = (new() { ["Messages"] = Messages }, [Written.Text]),
        [typeof(WrittenText)] = (new() { ["Text"] = Written.Text }, [Written.Text]),
        [typeof(ReplyPane)] = (new() { ["Name"] = "A", ["Text"] = Written.Text, ["IsFolded"] = true }, [Written.Text]),
        [typeof(ReplyPanes)] = (new() { ["Replies"] = new[] { Written.Text, "short" } }, [Written.Text]),
        [typeof(ScaleRow)] = (new() { ["Label"] = Name, ["Description"] = Written.Of(300), ["Points"] = ComparisonScale.Of(new()) }, [Name, Written.Of(300)]),
        [typeof(DraftField)] = (new() { ["Label"] = "Why?", ["Name"] = "rationale", ["Text"] = Written.Text }, [Written.Text]),
        [typeof(OtherDrafts)] = (new() { ["Drafts"] = new[] { new SavedDraft("phone", 1, System.Text.Json.JsonSerializer.Serialize(new { text = Written.Text }), default) } }, [Written.Text]),
        [typeof(BetterReplyOffer)] = (new() { ["Answer"] = new StoredAnswer(Task(TaskKind.Comparison), Guid.Empty, new ComparisonAnswer { BothBad = true }) }, [Written.Text]),
        [typeof(ComparisonForm)] = (Form(TaskKind.Comparison, new ComparisonAnswer { Better = 0, Strength = 1, Rationale = Written.Of(3000), BetterReply = Written.Of(5000) }), [Written.Text, Name, Written.Of(3000), Written.Of(5000)]),
        [typeof(RatingForm)] = (Form(TaskKind.Rating, new RatingAnswer { Rationale = Written.Of(3000) }), [Written.Text, Name, Written.Of(300), Written.Of(3000)]),
        [typeof(ClassificationForm)] = (Form(TaskKind.Classification, new ClassificationAnswer { Labels = [Name] }), [Written.Text, Name, Written.Of(300)]),
        [typeof(RankingForm)] = (Form(TaskKind.Ranking, null), [Written.Text, AnswerText.Quote(Written.Text)]),
        [typeof(DemonstrationForm)] = (Form(TaskKind.Demonstration, new DemonstrationAnswer { Text = Written.Text }), [Written.Text]),
        [typeof(ChatForm)] = (Form(TaskKind.Chat, null), [Written.Text, Written.Of(3000)]),
        [typeof(TaskPanel)] = (new(Form(TaskKind.Comparison, null)), [Written.Text, Written.Of(1000)]),
        [typeof(SubmissionView)] = (new() { ["Details"] = Judgment(), ["Settings"] = Settings, ["Rater"] = Written.Of(80) }, [Written.Text, Written.Of(80)]),
        [typeof(DisagreementView)] = (new() { ["Judgments"] = new[] { Judgment(), Judgment() }, ["Settings"] = Settings }, [Written.Text, Written.Of(3000)]),
        [typeof(LabelingView)] = (new() { ["Session"] = Session(), ["Settings"] = Settings }, [Written.Text]),
    };

    private static Dictionary<string, object?> Form(TaskKind kind, Answer? earlier) => new() { ["View"] = Task(kind) with { EarlierAnswer = earlier }, ["Settings"] = Settings };

    private static TaskView Task(TaskKind kind) => FakeDesk.Task(kind) with { Messages = Messages, Replies = [Written.Text, "short"], Reason = Written.Of(1000) };

    private static ProjectModel Model() => ProjectModel.Of(new ProjectDetails(Guid.Empty, Name, Written.Of(2000), ProjectRole.Admin, Settings, 0, false, default, Guid.Empty));

    private static PromptSummary Prompt() => new(Guid.Empty, Messages, Name, Split.Train, [Name], null, 0, 1, default, Guid.Empty);

    private static Domain.Review.JudgmentDetails Judgment() => Reviewed.Judgment(new ComparisonAnswer { Better = 0, Strength = 1, Rationale = Written.Of(3000) }, "01", null, Written.Text, "short") with { Messages = Messages };

    private static LabelingSession Session()
    {
        var session = new LabelingSession(new FakeDesk(1, view: Task(TaskKind.Comparison)), TimeProvider.System);
        session.StartAsync().GetAwaiter().GetResult();
        return session;
    }
}
