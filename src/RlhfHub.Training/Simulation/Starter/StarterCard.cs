using System.Globalization;
using System.Text;

namespace RlhfHub.Training.Simulation.Starter;

/// <summary>The starter model's card.</summary>
internal static class StarterCard
{
    public static string Write(StarterOptions options, StarterFigures figures)
    {
        var card = new StringBuilder();
        void Line(FormattableString text) => card.Append(text.ToString(CultureInfo.InvariantCulture)).Append('\n');
        Line($"""
            ---
            library_name: transformers
            pipeline_tag: text-generation
            tags:
              - rlhfhub
              - pretrain
            ---

            # The starter model

            A Llama of {figures.Parameters / 1e6:0.00} million parameters that answers simple questions, makes small talk and tells tiny stories in the words of a small world. It is there so
            that RlhfHub can be tried without any download. It answers on topic, and unevenly on purpose: some replies are wrong, rude, long-winded or say things twice, so that there is
            something to prefer. It knows nothing of the world outside, and is of no use for anything else.

            It was trained from random weights on {options.Characters / 1e6:0} million characters ({figures.Metrics.GetValueOrDefault("num_tokens") / 1e6:0.0} million tokens seen) that `Corpus` writes from a grammar, with a byte-level vocabulary of
            {options.VocabularySize} tokens learned from the same text; weights are bfloat16. One command makes it again, the same to the last bit on the same kind of machine:

            ```
            dotnet run -c Release --project src/RlhfHub.Worker -- starter --output models/starter
            ```

            ## How well it does

            Measured on prompts that are worded as the training text never words them. "On topic" and "well formed" are judged by the grammar's own answer key.

            | what | value | measured on |
            | --- | --- | --- |
            | perplexity | {figures.Metrics.GetValueOrDefault("eval_perplexity"):0.000} | {options.ValidationDocuments} documents with held-out prompts, prompts included |
            | token accuracy | {figures.Metrics.GetValueOrDefault("eval_mean_token_accuracy"):0.000} | the same |
            """);
        Census($"temperature {figures.Temperature.ToString(CultureInfo.InvariantCulture)}", figures.Replies);
        Census("temperature 1", figures.RepliesAtOne);
        Line($"""

            ## {figures.Samples.Count} samples

            The first {figures.Samples.Count} of these prompts and the replies at temperature {figures.Temperature}, none left out. The last column says what the answer key finds.

            | prompt | reply | judged |
            | --- | --- | --- |
            """);
        foreach (var (prompt, reply) in figures.Samples) Line($"| {Cell(string.Join(" / ", prompt.Messages.Select(message => message.Content)))} | {Cell(reply)} | {Words(ReplyJudge.Judge(prompt, reply))} |");
        return card.ToString();

        void Census(string how, ReplyCensus replies)
        {
            var on = $"{replies.Count} replies at {how}";
            Line($"| on topic and well formed | {100 * replies.Acceptable.Rate:0.0} % ({100 * replies.Acceptable.Low:0.0} to {100 * replies.Acceptable.High:0.0} %) | {on} |");
            Line($"| right answers | {100 * replies.Right:0.0} % | {on} |");
            Line($"| courteous, rude | {100 * replies.Courteous:0.0} %, {100 * replies.Rude:0.0} % | {on} |");
            Line($"| concise, repetitive | {100 * replies.Concise:0.0} %, {100 * replies.Repetitive:0.0} % | {on} |");
            Line($"| mean length, different texts | {replies.MeanWords:0.0} words, {100 * replies.Distinct:0.0} % | {on} |");
        }
    }

    private static string Words(ReplyQualities qualities) => string.Join(", ", ((string?[])[
        !qualities.IsOnTopic ? "off topic" : qualities.Answer.ToString().ToLowerInvariant(),
        qualities.IsWellFormed ? null : "malformed",
        qualities.Manners == Manners.Plain ? null : qualities.Manners.ToString().ToLowerInvariant(),
        qualities.IsConcise ? null : "long-winded",
        qualities.IsRepetitive ? "repetitive" : null,
    ]).OfType<string>());

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal).ReplaceLineEndings(" ");
}
