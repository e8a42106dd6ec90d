using System.Text;
using RlhfHub.Domain.Datasets;
using RlhfHub.Domain.Datasets.Imports;
using RlhfHub.Domain.Labeling;
using RlhfHub.Domain.People;
using RlhfHub.Domain.Projects;
using RlhfHub.Domain.Prompts;
using RlhfHub.Domain.Queue;
using RlhfHub.Domain.Review;

namespace RlhfHub.Domain.Tests.Datasets.Archives;

/// <summary>A project in which everything has happened that the platform can do, through its own use cases, with texts of every kind.</summary>
internal sealed class FilledProject
{
    /// <summary>Stands in unfinished answers only.</summary>
    public const string DraftMark = "unfinished-business";

    private const string Imported =
        """
        {"prompt": "What is\u2028blue?\u0000", "chosen": "The sky.\u0085", "rejected": "", "margin": 1.5, "id": "r1", "tags": [" a ", "b"], "source": "forum", "split": "dev", "note": {"x": [1, null]}, "origins": [{"model": "m1"}, {"person": "p\u2029"}]}
        {"prompt": "What is green?", "chosen": "Grass.", "rejected": "Coal."}
        """;

    private readonly TestHub hub;
    private readonly ExampleGenerator texts;
    private readonly Random random;
    private readonly List<Actor> raters = [];
    private Actor reviewer = Actor.Anonymous;
    private int keys;

    private FilledProject(TestHub hub, int seed) => (this.hub, texts, random) = (hub, new ExampleGenerator(seed, isWild: true), new Random(seed));

    public Guid Id { get; private set; }

    /// <summary>A judgment of the first rater that can still be edited, and the rater.</summary>
    public (Actor Rater, Guid JudgmentId) Editable { get; private set; }

    public static async Task<FilledProject> CreateAsync(TestHub hub, int seed = 1, string name = "Pets & more")
    {
        var project = new FilledProject(hub, seed);
        await project.FillAsync(name);
        return project;
    }

    /// <summary>An answer to a comparison as the project asks for it.</summary>
    public static ComparisonAnswer Comparison(int? better, int strength, int truth = 0) =>
        new() { Better = better, Strength = strength, Aspects = new Dictionary<string, int> { ["truth\u2028"] = truth } };

    public Submission Submission(Answer answer) => new() { Answer = answer, ClientKey = $"archive-{random.Next()}-{keys++}", ActiveMilliseconds = 1234, GuidelinesVersion = 2 };

    private async Task FillAsync(string name)
    {
        var settings = new ProjectSettings
        {
            Kinds = Enum.GetValues<TaskKind>(),
            Overlap = 2,
            GoldShare = 0.3,
            Languages = ["de"],
            Comparison = new() { Aspects = ["truth\u2028"] },
            Demonstration = new() { OffersDraft = true },
            Classification = new() { Labels = [new() { Name = "ü" }, new() { Name = "b" }], IsMultiple = true },
        };
        Id = await hub.Get<ProjectService>().CreateAsync(hub.Admin, new ProjectDraft { Name = name, Description = texts.Text(), Settings = settings }, default);
        for (var version = 0; version < 2; version++) await hub.Get<ProjectService>().WriteGuidelinesAsync(hub.Admin, Id, version, "# Be kind\n" + texts.Text(), default);
        for (var rater = 0; rater < 3; rater++) raters.Add(await hub.AddMemberAsync(Id, kinds: rater == 2 ? [TaskKind.Comparison, TaskKind.Ranking] : []));
        reviewer = await hub.AddMemberAsync(Id, ProjectRole.Reviewer);
        await AddTasksAsync();
        await ImportAsync();
        foreach (var rater in raters) await LabelAsync(rater);
        await ReviewAsync();
        await SnapshotAsync(new SnapshotRules { Ties = TieRule.Keep });
        await SnapshotAsync(new SnapshotRules { Aggregation = Aggregation.Weighted, IncludesExtra = true });
        // After the snapshots, so that these hold revisions that are no longer in force.
        var own = (await hub.Get<LabelingService>().HistoryAsync(raters[0], Id, default)).First(judgment => judgment is { Kind: TaskKind.Comparison, Standing: JudgmentStanding.Counted, Review: ReviewState.Submitted });
        Editable = (raters[0], own.Id);
        await hub.Get<LabelingService>().EditAsync(raters[0], Id, own.Id, Submission(Comparison(null, 0) with { BothBad = true, BetterReply = "Better: " + texts.Text(), Rationale = texts.Text() }), default);
        await hub.Get<QueueService>().NextAsync(raters[0], Id, new NextTaskOptions(), default);
    }

    private async Task AddTasksAsync()
    {
        List<Guid> prompts = [];
        for (var prompt = 0; prompt < 5; prompt++)
        {
            var long100 = prompt == 0 ? new string('長', 100_000) : "";
            var added = await hub.Get<PromptService>().AddAsync(prompt % 2 == 0 ? reviewer with { IsSiteAdmin = true } : hub.Admin, Id, new PromptDraft
            {
                Messages = [new(Message.System, "\0\u2028\r" + texts.Text()), new(Message.User, $"{prompt}?{texts.Text()}{long100}")],
                Tags = ["x", $"tag{prompt}"],
                Source = "hand",
                Language = "de",
                Priority = prompt % 2,
                Responses = [$"a{texts.Text()}", $"b\0{texts.Text()}"],
            }, default);
            prompts.Add(added.PromptId);
        }
        var tasks = hub.Get<TaskService>();
        foreach (var kind in Enum.GetValues<TaskKind>()) await tasks.CreateAsync(hub.Admin, Id, new TaskBatch { Kind = kind, PromptIds = prompts[..3], RankedReplies = 2 }, default);
        await tasks.CreateAsync(hub.Admin, Id, new TaskBatch { Kind = TaskKind.Comparison, Purpose = TaskPurpose.Gold, PromptIds = [prompts[3]], ExpectedAnswer = Comparison(0, 1) }, default);
        await tasks.CreateAsync(hub.Admin, Id, new TaskBatch { Kind = TaskKind.Rating, Purpose = TaskPurpose.Audit, PromptIds = [prompts[4]], RequiredJudgments = 1 }, default);
        var withdrawn = (await tasks.ListAsync(hub.Admin, Id, new TaskFilter { PromptId = prompts[4] }, new PageRequest(), default)).Items[0];
        await tasks.WithdrawAsync(hub.Admin, Id, withdrawn.Id, true, default);
    }

    private async Task ImportAsync()
    {
        var imports = hub.Get<ImportService>();
        using var file = new MemoryStream(Encoding.UTF8.GetBytes(Imported));
        var id = await imports.UploadAsync(hub.Admin, Id, "pairs.jsonl", file, default);
        await imports.StartAsync(hub.Admin, Id, id, new ImportChoice { Format = "trl-preference" }, default);
        await hub.Get<ImportRunner>().RunAsync(id, default);
        Assert.Equal(2, (await imports.GetAsync(hub.Admin, Id, id, default)).Counts.Judgments);
    }

    private async Task LabelAsync(Actor rater)
    {
        var labeling = hub.Get<LabelingService>();
        for (var step = 0; ; step++)
        {
            hub.Time.Advance(TimeSpan.FromTicks(12_345_670));
            var next = await hub.Get<QueueService>().NextAsync(rater, Id, new NextTaskOptions(), default);
            if (next.Task is not { } task) return;
            await labeling.SaveDraftAsync(rater, Id, task.AssignmentId, new DraftSave { Device = "phone", Sequence = 1, Content = $"\"{DraftMark}\"" }, default);
            if (step % 6 == 5) await hub.Get<QueueService>().SkipAsync(rater, Id, task.AssignmentId, "Too hard\0 " + step, default);
            else
            {
                if (task.Kind == TaskKind.Chat) await ChatAsync(rater, task);
                var receipt = await labeling.SubmitAsync(rater, Id, task.AssignmentId, Submission(Answer(task)), default);
                if (step % 6 == 2) await labeling.EditAsync(rater, Id, receipt.JudgmentId, Submission(Answer(task)), default);
                if (step == 4) await labeling.UndoAsync(rater, Id, receipt.JudgmentId, default);
            }
        }
    }

    private async Task ChatAsync(Actor rater, TaskView task)
    {
        var chats = hub.Get<ChatService>();
        hub.Models.Reply = (_, sampling) => sampling.Seed % 2 == 0 ? "a" + texts.Text() : "b";
        await chats.SayAsync(rater, Id, task.AssignmentId, new ChatSaying { Text = "Hi" + texts.Text() }, new ChatScreen(), default);
        await chats.ChooseAsync(rater, Id, task.AssignmentId, new ChatChoice { Turn = 0, Better = 1, Strength = 2 }, default);
    }

    private Answer Answer(TaskView task) => task.Kind switch
    {
        TaskKind.Demonstration => new DemonstrationAnswer { Text = "Reply\0" + texts.Text(), DraftPlace = 0, Rationale = texts.Text() },
        TaskKind.Comparison => random.Next(4) == 0
            ? Comparison(null, 0)
            : Comparison(random.Next(2), random.Next(1, 4), random.Next(-1, 2)) with { Rationale = texts.Text() },
        TaskKind.Ranking => new RankingAnswer { Ranks = random.Next(2) == 0 ? [2, 1] : [1, 1] },
        TaskKind.Rating => new RatingAnswer { Points = new Dictionary<string, int> { ["Helpfulness"] = random.Next(1, 6), ["Harmlessness"] = 3, ["Honesty"] = 5 } },
        TaskKind.Classification => new ClassificationAnswer { Labels = ["ü", "b"] },
        _ => new ChatAnswer(),
    };

    private async Task ReviewAsync()
    {
        var review = hub.Get<ReviewService>();
        var found = (await hub.Get<JudgmentService>().ListAsync(reviewer, Id, new JudgmentFilter { Standing = JudgmentStanding.Counted, Kind = TaskKind.Comparison }, new PageRequest(), default)).Items
            .Where(judgment => judgment.RaterId is not null && judgment.RaterId != raters[0].Id).ToList();
        await review.ApproveAsync(reviewer, Id, found[0].Id, found[0].Revision, default);
        await review.FixAsync(reviewer, Id, found[1].Id, found[1].Revision, Submission(Comparison(0, 1, 1)), default);
        await review.RejectAsync(reviewer, Id, found[2].Id, found[2].Revision, "Look again\u2029.", default);
        await review.AdjudicateAsync(reviewer, Id, found[0].TaskId, Submission(Comparison(1, 2, 1)), default);
    }

    private Task<Guid> SnapshotAsync(SnapshotRules rules) => hub.Get<SnapshotService>().CreateAsync(hub.Admin, Id, new SnapshotDraft { Name = "Set", Rules = rules }, default);
}
