using RlhfHub.Domain.Labeling;
using RlhfHub.Domain.Prompts;
using static RlhfHub.Web.Languages.Wording;

namespace RlhfHub.Web.Features.Projects;

/// <summary>A made-up task to show what a project's settings look like.</summary>
internal static class SampleTask
{
    private static Message[] Conversation => [new(Message.User, T("How do I keep basil alive on a windowsill?"))];

    private static string[] Replies =>
    [
        T("Give it the brightest window you have, water when the top of the soil feels dry, and pick from the top so that it branches."),
        T("Basil is a herb from the mint family that is used in many kitchens."),
        T("Water it every day, whatever the soil is like."),
    ];

    public static TaskView Of(TaskKind kind) => new()
    {
        AssignmentId = Guid.Empty,
        Kind = kind,
        State = AssignmentState.Leased,
        Messages = Conversation,
        Replies = kind switch
        {
            TaskKind.Comparison => Replies[..2],
            TaskKind.Ranking => Replies,
            _ => Replies[..1],
        },
        LeaseExpiresAt = DateTime.MaxValue,
        GuidelinesVersion = 0,
    };
}
