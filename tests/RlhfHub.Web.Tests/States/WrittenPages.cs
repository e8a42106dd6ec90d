using RlhfHub.Web.Features.Audit;
using RlhfHub.Web.Features.Datasets;
using RlhfHub.Web.Features.Home;
using RlhfHub.Web.Features.Labeling;
using RlhfHub.Web.Features.Mine;
using RlhfHub.Web.Features.Models;
using RlhfHub.Web.Features.People;
using RlhfHub.Web.Features.Projects;
using RlhfHub.Web.Features.Prompts;
using RlhfHub.Web.Features.Review;
using RlhfHub.Web.Features.Tasks;
using RlhfHub.Web.Shared;

namespace RlhfHub.Web.Tests.States;

/// <summary>Every page with what of a project, all of whose texts are very long and run from right to left, has to be there to be read.</summary>
internal static class WrittenPages
{
    public static readonly string Project = Written.Of(120);
    public static readonly string Person = Written.Of(80);
    public static readonly string Prompt = Written.Of(5000);
    public static readonly string Reason = Written.Of(1000);
    public static readonly string FileName = Written.Of(100) + ".jsonl";

    public static IReadOnlyDictionary<Type, (bool IsForRater, string[] Shown)> All { get; } = new Dictionary<Type, (bool, string[])>
    {
        [typeof(AuditPage)] = (false, [Person]),
        [typeof(DatasetsPage)] = (false, [Project, Written.Of(110)]),
        [typeof(GuidelinesPage)] = (false, [Project, Prompt]),
        [typeof(HistoryPage)] = (true, [Project, Reason]),
        [typeof(HomePage)] = (true, [Project, Written.Of(2000)]),
        [typeof(ImportPage)] = (false, [Project, FileName]),
        [typeof(LabelPage)] = (false, [Project, Prompt]),
        [typeof(MembersPage)] = (false, [Project, Person]),
        [typeof(MinePage)] = (true, [Project]),
        [typeof(ModelsPage)] = (false, [Project]),
        [typeof(NewProjectPage)] = (false, []),
        [typeof(PeoplePage)] = (false, [Person]),
        [typeof(ProjectLogPage)] = (false, [Project, Person]),
        [typeof(ProjectsPage)] = (true, [Project]),
        [typeof(PromptsPage)] = (false, [Project, Excerpt.Of($"0 {Prompt}", 160), Written.Of(200)]),
        [typeof(ReviewPage)] = (false, [Project, Person, Prompt]),
        [typeof(SettingsPage)] = (false, [Project, Written.Of(2000)]),
        [typeof(TasksPage)] = (false, [Project]),
    };
}
