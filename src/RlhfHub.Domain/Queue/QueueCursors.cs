using System.Collections.Concurrent;
using RlhfHub.Domain.Labeling;

namespace RlhfHub.Domain.Queue;

/// <summary>
/// How far along each line a rater is known to have nothing left, so that a fast rater does not walk past ten thousand finished tasks each time. Only a memory of what was read: it may be lost
/// at any time, and holds because a task that somebody may get again is always put behind (<see cref="Places"/>).
/// </summary>
public sealed class QueueCursors
{
    private readonly ConcurrentDictionary<(Guid RaterId, QueueLine Line), long> cursors = [];

    internal long Of(Guid raterId, QueueLine line) => cursors.GetValueOrDefault((raterId, line));

    internal void MoveTo(Guid raterId, QueueLine line, long position) => cursors[(raterId, line)] = position;
}

/// <summary>Tasks that wait one behind the other.</summary>
internal readonly record struct QueueLine(Guid ProjectId, TaskPurpose Purpose, TaskKind Kind, int Priority);
