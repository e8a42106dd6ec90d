using RlhfHub.Domain.Labeling;
using static RlhfHub.Web.Languages.Wording;

namespace RlhfHub.Web.Features.Review;

/// <summary>What tasks are for, in words.</summary>
internal static class PurposeNames
{
    public static string Of(TaskPurpose purpose) => purpose switch
    {
        TaskPurpose.Training => T("Training"),
        TaskPurpose.Evaluation => T("Evaluation"),
        TaskPurpose.Gold => T("Known answer"),
        _ => T("Random check"),
    };
}
