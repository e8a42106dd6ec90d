using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using RlhfHub.Domain.Data;

namespace RlhfHub.Domain.Labeling;

/// <summary>A chat as it stands, kept here turn by turn: a page that was lost finds it again, and what the model said is never taken from a page.</summary>
public sealed class Chat
{
    /// <summary>The assignment.</summary>
    public Guid AssignmentId { get; init; }

    /// <summary>The turns, oldest first; the last one may still wait for its replies or for a choice.</summary>
    public IReadOnlyList<HeldTurn> Turns { get; set; } = [];

    /// <summary>When something was said last.</summary>
    public DateTime ChangedAt { get; set; }

    /// <summary>A rater's answer with the turns that were held here in place of those that the page sent.</summary>
    internal static async Task<Answer> FillAsync(RlhfHubDbContext db, Guid assignmentId, Answer answer, CancellationToken cancellationToken)
    {
        if (answer is not ChatAnswer { CannotJudge: false } chat) return answer;
        var held = await db.Chats.AsNoTracking().SingleOrDefaultAsync(entry => entry.AssignmentId == assignmentId, cancellationToken);
        return chat with { Turns = [.. (held?.Turns ?? []).Where(turn => turn.Chosen is not null).Select(turn => new ChatTurn(turn.Text, turn.Replies, turn.Chosen!.Value, turn.Strength) { DisplayOrder = turn.DisplayOrder })] };
    }

    internal sealed class Configuration : IEntityTypeConfiguration<Chat>
    {
        public void Configure(EntityTypeBuilder<Chat> builder)
        {
            builder.ToTable("Chats").HasKey(chat => chat.AssignmentId);
            builder.HasOne<Assignment>().WithOne().HasForeignKey<Chat>(chat => chat.AssignmentId).OnDelete(DeleteBehavior.Cascade);
            builder.Property(chat => chat.Turns).HasJsonText();
        }
    }
}

/// <summary>A turn of a chat that goes on.</summary>
/// <param name="Text">What the rater said.</param>
/// <param name="Replies">The replies in the order in which they were generated; empty while there are none.</param>
/// <param name="DisplayOrder">Their places in the order in which they are shown, drawn at random: "10" shows reply 1 first.</param>
/// <param name="Chosen">The place of the one that goes on; null while none is chosen.</param>
/// <param name="Strength">How much better it was; 0 for a tie.</param>
/// <param name="Seed">The seed of the first reply; the second has the next one.</param>
public sealed record HeldTurn(string Text, IReadOnlyList<string> Replies, string DisplayOrder, int? Chosen, int Strength, long Seed);
