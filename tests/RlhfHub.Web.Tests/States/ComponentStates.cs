using System.Reflection;
using Microsoft.AspNetCore.Components;
using RlhfHub.Web.Account;
using RlhfHub.Web.Features.Audit;
using RlhfHub.Web.Features.Datasets;
using RlhfHub.Web.Features.Home;
using RlhfHub.Web.Features.Installation;
using RlhfHub.Web.Features.Labeling;
using RlhfHub.Web.Features.Mine;
using RlhfHub.Web.Features.Models;
using RlhfHub.Web.Features.People;
using RlhfHub.Web.Features.Projects;
using RlhfHub.Web.Features.Prompts;
using RlhfHub.Web.Features.Review;
using RlhfHub.Web.Features.Rounds;
using RlhfHub.Web.Features.Tasks;
using RlhfHub.Web.Layout;
using RlhfHub.Web.Shared;
using static RlhfHub.Web.Tests.States.ComponentState;

namespace RlhfHub.Web.Tests.States;

/// <summary>Every interactive component of the site with the states that it can be in, each of which has a test. A new component is listed here.</summary>
internal static class ComponentStates
{
    public static IReadOnlyDictionary<Type, ComponentState> All { get; } = new Dictionary<Type, ComponentState>
    {
        // Shared
        [typeof(Markdown)] = Empty | Texts,
        [typeof(NotFoundPage)] = None,   // two sentences and a link
        [typeof(ProblemLine)] = Empty | Error | Texts,
        [typeof(RawText)] = Empty | Texts,
        [typeof(StatusLine)] = Error,
        [typeof(WordDiff)] = Empty | Texts,

        // The frame around pages
        [typeof(LanguageMenu)] = None,   // the site's languages
        [typeof(MainLayout)] = Loading | Error,
        [typeof(SiteLinks)] = Empty | Many,
        [typeof(ThemeMenu)] = None,   // the four themes
        [typeof(UserMenu)] = Empty | One,

        // Pages
        [typeof(AuditPage)] = Page | Lists | Texts,
        [typeof(DatasetsPage)] = Page | Lists | ReadOnly | Texts,
        [typeof(GuidelinesPage)] = Page | Empty | One | ReadOnly | Texts,
        [typeof(HistoryPage)] = Page | Lists | ReadOnly | Texts,
        [typeof(HomePage)] = Page | Lists | ReadOnly | Texts,
        [typeof(ImportPage)] = Page | Lists | Texts,
        [typeof(LabelPage)] = Page | Empty | One | ReadOnly | Texts,
        [typeof(MembersPage)] = Page | Lists | Texts,
        [typeof(MinePage)] = Page | Lists | Texts,
        [typeof(ModelsPage)] = Page | Lists | Texts,
        [typeof(NewRoundPage)] = Page,
        [typeof(NewProjectPage)] = Error | Texts,
        [typeof(PeoplePage)] = Page | Lists | Texts,
        [typeof(ProjectLogPage)] = Page | Lists | Texts,
        [typeof(ProjectsPage)] = Page | Lists | ReadOnly | Texts,
        [typeof(PromptsPage)] = Page | Lists | ReadOnly | Texts,
        [typeof(ReviewPage)] = Page | Lists | ReadOnly | Texts,
        [typeof(RoundPage)] = Page | One | ReadOnly,
        [typeof(RoundsPage)] = Page | Lists | ReadOnly,
        [typeof(SettingsPage)] = Page | ReadOnly | Texts,
        [typeof(TasksPage)] = Page | Lists | ReadOnly | Texts,
        [typeof(VersionsPage)] = Page | Lists | ReadOnly,

        // Their parts
        [typeof(AskingFields)] = Empty | Texts,
        [typeof(AuditTable)] = Lists | Texts,
        [typeof(BasicFields)] = Error | Texts,
        [typeof(BetterReplyOffer)] = Empty | One | Texts,
        [typeof(CandidateForm)] = Texts,
        [typeof(CandidateJobs)] = Lists | Texts,
        [typeof(ChatForm)] = Loading | Empty | One | Many | Error | ReadOnly | Texts,
        [typeof(ClassificationForm)] = Lists | ReadOnly | Texts,
        [typeof(ComparisonFields)] = None,   // three numbers
        [typeof(ComparisonForm)] = ReadOnly | Texts,
        [typeof(Conversation)] = Lists | Texts,
        [typeof(DemonstrationForm)] = Empty | Error | ReadOnly | Texts,
        [typeof(DisagreementView)] = Many | ReadOnly | Texts,
        [typeof(DraftField)] = Empty | ReadOnly | Texts,
        [typeof(FieldProblem)] = Empty | Error,
        [typeof(FlaggedReplies)] = Lists | Texts,
        [typeof(FormButton)] = ReadOnly,
        [typeof(GuidelinesEditor)] = Empty | Texts,
        [typeof(HeadToHeadForm)] = Empty | Many | Error,
        [typeof(HeadToHeadList)] = Lists | ReadOnly | Texts,
        [typeof(ImportChoices)] = Empty | Many | Error | Texts,
        [typeof(ImportList)] = Loading | Lists | Error | Texts,
        [typeof(ImportPreviewTable)] = Lists | Error | Texts,
        [typeof(InstallationPanel)] = Loading | Error,
        [typeof(KeyList)] = Many,
        [typeof(LabelingView)] = Loading | Empty | One | Error | Texts,
        [typeof(MetricChart)] = Many,
        [typeof(ModelForm)] = Lists | Error | Texts,
        [typeof(ModelServerPanel)] = Empty | Error | Texts,
        [typeof(OptionInput)] = One | Error,
        [typeof(OtherDrafts)] = Lists | Texts,
        [typeof(ProjectCard)] = Lists | ReadOnly | Texts,
        [typeof(ProjectHeader)] = ReadOnly | Texts,
        [typeof(PromptBulkBar)] = Lists | Texts,
        [typeof(PromptDetail)] = Loading | Lists | Texts,
        [typeof(PromptFilterBar)] = Empty | Texts,
        [typeof(RankingForm)] = Many | Error | ReadOnly | Texts,
        [typeof(RatingForm)] = One | Many | ReadOnly | Texts,
        [typeof(RationaleSelect)] = None,   // three fixed choices
        [typeof(ReplyPane)] = Texts,
        [typeof(ReplyPanes)] = Lists | Texts,
        [typeof(ReviewKeys)] = Many,
        [typeof(RoundControls)] = Many,
        [typeof(RoundDifferences)] = Many,
        [typeof(RoundList)] = Lists | ReadOnly | Texts,
        [typeof(RoundStateMark)] = None,   // a word
        [typeof(RunCharts)] = Empty | Many,
        [typeof(RunFacts)] = One | Texts,
        [typeof(RunLog)] = Empty | Many | Texts,
        [typeof(RunSamples)] = Empty | One | Texts,
        [typeof(SavedLine)] = None,   // the page's script fills it
        [typeof(ScaleRow)] = Many | ReadOnly | Texts,
        [typeof(SetUpSteps)] = Lists,
        [typeof(SnapshotCard)] = Lists | Error | ReadOnly | Texts,
        [typeof(SnapshotForm)] = Empty | One | Texts,
        [typeof(StageForm)] = One | Error,
        [typeof(StageSteps)] = Many,
        [typeof(StartChoice)] = Error,
        [typeof(SubmissionView)] = One | ReadOnly | Texts,
        [typeof(TaskBatchForm)] = One | Many | Texts,
        [typeof(TaskPanel)] = One | ReadOnly | Texts,
        [typeof(TaskPreview)] = Lists | Texts,
        [typeof(TaskProgressTable)] = Lists,
        [typeof(TroublePanel)] = One | ReadOnly | Texts,
        [typeof(VersionCard)] = One | ReadOnly | Texts,
        [typeof(WorkSummary)] = Lists,
        [typeof(WrittenText)] = Empty | Texts,
    };

    /// <summary>The components that people meet in a circuit. Pages without one are plain HTML and tested as that, with the forms of accounts.</summary>
    public static IReadOnlyList<Type> Interactive { get; } =
    [
        .. typeof(HubPage).Assembly.GetTypes().Where(type => typeof(ComponentBase).IsAssignableFrom(type) && !type.IsAbstract && type.Name != "_Imports" && !type.Name.Contains('<', StringComparison.Ordinal)
            && type.GetCustomAttribute<ExcludeFromInteractiveRoutingAttribute>() is null && type.Namespace != typeof(Policies).Namespace && type != typeof(App) && type != typeof(Routes) && type != typeof(StaticLayout)),
    ];

    /// <summary>The pages that load something.</summary>
    public static IEnumerable<Type> Pages => All.Where(entry => entry.Value.HasFlag(Page) && typeof(HubPage).IsAssignableFrom(entry.Key)).Select(entry => entry.Key);
}
