namespace RlhfHub.Training.Simulation;

/// <summary>What a model's replies are like on the whole, by the small world's answer key. Shares are from 0 to 1.</summary>
/// <param name="Count">How many replies were judged.</param>
/// <param name="Acceptable">Share on topic and well formed, with its 95 % interval.</param>
/// <param name="OnTopic">Share on topic.</param>
/// <param name="Right">Share of right answers.</param>
/// <param name="Courteous">Share of courteous replies.</param>
/// <param name="Rude">Share of rude replies.</param>
/// <param name="Concise">Share without rambling.</param>
/// <param name="Repetitive">Share that says something twice.</param>
/// <param name="MeanWords">Mean length in words.</param>
/// <param name="Distinct">Share of different texts among the replies.</param>
public sealed record ReplyCensus(
    int Count, WinRate Acceptable, double OnTopic, double Right, double Courteous, double Rude, double Concise, double Repetitive, double MeanWords, double Distinct)
{
    /// <summary>Judges every reply.</summary>
    /// <param name="prompts">What was asked.</param>
    /// <param name="replies">The reply to each.</param>
    /// <exception cref="ArgumentException">There are no replies, or not one for each prompt.</exception>
    public static ReplyCensus Of(IReadOnlyList<SimulatedPrompt> prompts, IReadOnlyList<string> replies)
    {
        if (replies.Count == 0 || replies.Count != prompts.Count) throw new ArgumentException($"{prompts.Count} prompts and {replies.Count} replies; expected one reply each.", nameof(replies));
        var judged = prompts.Zip(replies, ReplyJudge.Judge).ToArray();
        double Share(Func<ReplyQualities, bool> condition) => judged.Count(condition) / (double)judged.Length;
        var acceptable = judged.Count(reply => reply.IsAcceptable);
        return new ReplyCensus(
            judged.Length,
            WinRate.OfJudgments(acceptable, 0, judged.Length - acceptable),
            Share(reply => reply.IsOnTopic),
            Share(reply => reply.Answer == AnswerGrade.Right),
            Share(reply => reply.Manners == Manners.Courteous),
            Share(reply => reply.Manners == Manners.Rude),
            Share(reply => reply.IsConcise),
            Share(reply => reply.IsRepetitive),
            judged.Average(reply => reply.WordCount),
            replies.Distinct().Count() / (double)replies.Count);
    }
}
