using RlhfHub.Domain.Datasets;
using static RlhfHub.Web.Languages.Wording;

namespace RlhfHub.Web.Features.Datasets;

/// <summary>What the kinds of example are called on pages.</summary>
internal static class ExampleKindNames
{
    public static string Of(ExampleKind kind) => kind switch
    {
        ExampleKind.Text => T("text"),
        ExampleKind.Prompt => T("prompt"),
        ExampleKind.Demonstration => T("written reply"),
        ExampleKind.Preference => T("comparison"),
        ExampleKind.Unpaired => T("good or bad reply"),
        ExampleKind.Ranking => T("order of replies"),
        _ => T("labels"),
    };

    /// <summary>So many examples of a kind, as snapshots count them by name.</summary>
    public static string Count(string name, int count) => T("{0}: {1:N0}", Of(Enum.Parse<ExampleKind>(name, ignoreCase: true)), count);
}
