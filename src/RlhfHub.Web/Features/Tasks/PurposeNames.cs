using RlhfHub.Domain.Labeling;
using static RlhfHub.Web.Languages.Wording;

namespace RlhfHub.Web.Features.Tasks;

/// <summary>What the purposes of tasks are called on pages.</summary>
internal static class PurposeNames
{
    public static string Of(TaskPurpose purpose) => purpose switch
    {
        TaskPurpose.Training => T("training"),
        TaskPurpose.Evaluation => T("evaluation"),
        TaskPurpose.Gold => T("known answer"),
        _ => T("random check"),
    };
}
