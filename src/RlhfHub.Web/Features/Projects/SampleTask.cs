using RlhfHub.Domain.Labeling;
using RlhfHub.Domain.Prompts;

namespace RlhfHub.Web.Features.Projects;

/// <summary>A made-up task to show what a project's settings look like.</summary>
internal static class SampleTask
{
    private static readonly Message[] Conversation = [new(Message.User, "How do I keep basil alive on a windowsill?")];

    private static readonly string[] Replies =
    [
        "Give it the brightest window you have, water when the top of the soil feels dry, and pick from the top so that it branches.",
        "Basil is a herb from the mint family that is used in many kitchens.",
        "Water it every day, whatever the soil is like.",
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
