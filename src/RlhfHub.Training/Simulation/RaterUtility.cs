namespace RlhfHub.Training.Simulation;

/// <summary>What a simulated rater values, in points that add up. Trainers never see it; they see what raters say.</summary>
public sealed record RaterUtility
{
    /// <summary>For being about what was asked.</summary>
    public double OnTopic { get; init; } = 3;

    /// <summary>For being made of whole sentences.</summary>
    public double WellFormed { get; init; } = 1.5;

    /// <summary>For a right answer; a wrong one gets nothing.</summary>
    public double Right { get; init; } = 2.5;

    /// <summary>For saying that one does not know.</summary>
    public double Evasive { get; init; } = 0.5;

    /// <summary>For courtesy.</summary>
    public double Courteous { get; init; } = 1.2;

    /// <summary>For rudeness.</summary>
    public double Rude { get; init; } = -1.5;

    /// <summary>For not rambling.</summary>
    public double Concise { get; init; } = 1;

    /// <summary>For saying something twice.</summary>
    public double Repetitive { get; init; } = -1.2;

    /// <summary>For cheer.</summary>
    public double Cheerful { get; init; } = 0.3;

    /// <summary>Points of the best plain reply: what a full mark stands for.</summary>
    public double Best => OnTopic + WellFormed + Right + Courteous + Concise;

    /// <summary>Points of a reply with these qualities.</summary>
    /// <param name="qualities">As judged by <see cref="ReplyJudge"/>.</param>
    public double Of(ReplyQualities qualities) =>
        (qualities.IsOnTopic ? OnTopic : 0) + (qualities.IsWellFormed ? WellFormed : 0)
        + qualities.Answer switch { AnswerGrade.Right => Right, AnswerGrade.Evasive => Evasive, _ => 0 }
        + qualities.Manners switch { Manners.Courteous => Courteous, Manners.Rude => Rude, _ => 0 }
        + (qualities.IsConcise ? Concise : 0) + (qualities.IsRepetitive ? Repetitive : 0) + (qualities.IsCheerful ? Cheerful : 0);
}
