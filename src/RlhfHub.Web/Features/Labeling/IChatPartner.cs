using RlhfHub.Domain.Labeling;

namespace RlhfHub.Web.Features.Labeling;

/// <summary>A chat with the project's model, as the chat's form uses it.</summary>
public interface IChatPartner
{
    Task<ChatView> GetAsync(TaskView task, CancellationToken closed);

    /// <summary>Says something; what of the two replies may be seen comes while they are written.</summary>
    Task<ChatView> SayAsync(TaskView task, string text, Func<IReadOnlyList<string>, Task> show, CancellationToken closed);

    Task<ChatView> ChooseAsync(TaskView task, int turn, int? better, int strength, CancellationToken closed);
}
