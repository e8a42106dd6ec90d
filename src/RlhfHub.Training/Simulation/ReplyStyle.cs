using System.ComponentModel.DataAnnotations;
using RlhfHub.Training.Simulation.Grammar;

namespace RlhfHub.Training.Simulation;

/// <summary>What a reply does with the question.</summary>
public enum AnswerGrade
{
    /// <summary>It answers, and the answer is right or fits.</summary>
    Right,

    /// <summary>It answers, and the answer is wrong or does not fit.</summary>
    Wrong,

    /// <summary>It is about the question but does not answer.</summary>
    Evasive,

    /// <summary>It is about something else, or nobody can tell.</summary>
    None,
}

/// <summary>How a reply treats the person.</summary>
public enum Manners
{
    /// <summary>Says something rude.</summary>
    Rude,

    /// <summary>Neither.</summary>
    Plain,

    /// <summary>Says something kind around the answer, and nothing rude.</summary>
    Courteous,
}

/// <summary>What a reply should be like; the qualities are free of one another.</summary>
/// <param name="Answer">What it does with the question.</param>
/// <param name="Manners">How it treats the person.</param>
/// <param name="Chatter">Sentences that say nothing, 0 to 3.</param>
/// <param name="IsCheerful">Whether it is glad aloud.</param>
/// <param name="IsRepetitive">Whether it says something twice.</param>
public sealed record ReplyStyle(AnswerGrade Answer, Manners Manners, int Chatter, bool IsCheerful, bool IsRepetitive)
{
    /// <summary>The best reply: right, courteous, brief, and each thing said once.</summary>
    public static ReplyStyle Ideal { get; } = new(AnswerGrade.Right, Manners.Courteous, 0, false, false);
}

/// <summary>How often replies have each quality.</summary>
public sealed record ReplyStyleShares
{
    /// <summary>Share of right answers.</summary>
    [Range(0, 1)]
    public double Right { get; init; } = 0.75;

    /// <summary>Share of evasive ones; the rest is wrong.</summary>
    [Range(0, 1)]
    public double Evasive { get; init; } = 0.08;

    /// <summary>Share of courteous replies.</summary>
    [Range(0, 1)]
    public double Courteous { get; init; } = 0.45;

    /// <summary>Share of rude replies; the rest is plain.</summary>
    [Range(0, 1)]
    public double Rude { get; init; } = 0.12;

    /// <summary>Share of replies with one to three sentences that say nothing.</summary>
    [Range(0, 1)]
    public double Rambling { get; init; } = 0.4;

    /// <summary>Share of cheerful replies.</summary>
    [Range(0, 1)]
    public double Cheerful { get; init; } = 0.2;

    /// <summary>Share of replies that say something twice.</summary>
    [Range(0, 1)]
    public double Repetitive { get; init; } = 0.1;

    /// <summary>People who mean well and are in a hurry: a model taught by them leaves something to wish for.</summary>
    public static ReplyStyleShares Hurried { get; } = new() { Right = 0.88, Evasive = 0.04, Courteous = 0.65, Rude = 0.04, Rambling = 0.2, Repetitive = 0.04 };

    internal ReplyStyle Draw(Dice dice) => new(
        dice.PickWeighted([Right, 1 - Right - Evasive, Evasive]) switch { 0 => AnswerGrade.Right, 1 => AnswerGrade.Wrong, _ => AnswerGrade.Evasive },
        dice.PickWeighted([Rude, 1 - Rude - Courteous, Courteous]) switch { 0 => Manners.Rude, 1 => Manners.Plain, _ => Manners.Courteous },
        dice.Chance(Rambling) ? 1 + dice.PickWeighted([0.5, 0.35, 0.15]) : 0,
        dice.Chance(Cheerful),
        dice.Chance(Repetitive));
}
