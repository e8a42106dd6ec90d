namespace RlhfHub.Training.Simulation;

/// <summary>What a reply is like, as <see cref="ReplyJudge"/> sees it.</summary>
public sealed record ReplyQualities
{
    /// <summary>Whether it is about what was asked, and about nothing else.</summary>
    public required bool IsOnTopic { get; init; }

    /// <summary>Whether every sentence is one of the small world's and ends with a mark.</summary>
    public required bool IsWellFormed { get; init; }

    /// <summary>What it does with the question.</summary>
    public required AnswerGrade Answer { get; init; }

    /// <summary>How it treats the person.</summary>
    public required Manners Manners { get; init; }

    /// <summary>Whether it has no sentence that says nothing, and is not long.</summary>
    public required bool IsConcise { get; init; }

    /// <summary>Whether it is glad aloud.</summary>
    public required bool IsCheerful { get; init; }

    /// <summary>Whether it says something twice.</summary>
    public required bool IsRepetitive { get; init; }

    /// <summary>Length in words.</summary>
    public required int WordCount { get; init; }

    /// <summary>On topic and well formed: what every reply of a finished model should be.</summary>
    public bool IsAcceptable => IsOnTopic && IsWellFormed;
}
